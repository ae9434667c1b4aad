"""Questions from Markdown, or every problem in the text at once (DESIGN.md, Content).

    ## Title {#question-id objective=objective-id kind=single}

    Stem, any Markdown without headings.

    - [ ] A wrong option, which may go on in lines below
      > Feedback on this option, indented
    - [x] The right option

    > Explanation.

Options are for the kinds `single`, `multiple` and `true_false`. Those of `single` and `multiple` are shuffled when
they are shown; `order=fixed` in the heading keeps the order written here, where it carries meaning. The answers of the
others are written, below a blank line, as

    - Left :: Right             matching: pairs, on one line each, with feedback like options;
    - :: Extra                  a right-hand side that belongs to no prompt
    1. First                    ordering: steps in the right order, which may go on below, with feedback like options
    - = 36 ± 0,5                numeric: one number, its tolerance
    - = answer                  short: one line for each text that is accepted

A case is a section that asks nothing; the questions on it stand below it in the same file and name it:

    ## Title {#case-id kind=case}

    The story.

    ## Title {#question-id objective=objective-id kind=single case=case-id}

The text is read line by line in one pass, so the time grows with its length only.
"""

from __future__ import annotations

from quizzes.parsing.reading import parse_questions
from quizzes.parsing.sections import SLUG_MAX_CHARS, Heading

__all__ = ["SLUG_MAX_CHARS", "Heading", "parse_questions"]
