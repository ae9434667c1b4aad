"""How much a course holds, in words and numbers, for its authors."""

from __future__ import annotations

from collections import Counter

from courses.catalogue import Course, lessons
from courses.readability import lix

KINDS = {
    "single": "ett svar",
    "multiple": "flere svar",
    "true_false": "sant eller usant",
    "matching": "sett sammen",
    "ordering": "rekkefølge",
    "numeric": "tall",
    "short": "kort svar",
}


def summary(course: Course) -> str:
    """Counts of a course, a line for each module and one for every translation."""
    read = lessons(course)
    kinds = Counter(question.kind.value for question in course.questions)
    lines = [
        f"{course.id}: {course.title}",
        f"  {len(course.modules)} moduler, {len(read)} leksjoner, {sum(one.words for one in read)} ord, "
        f"{sum(one.minutes for one in read)} minutter lesing",
        f"  {len(course.objectives)} læringsmål, {len(course.questions)} spørsmål "
        f"({', '.join(f'{count} {KINDS[kind]}' for kind, count in kinds.most_common())})",
        f"  {sum(len(module.figures) for module in course.modules)} figurer og filer, {len(course.glossary)} ord i "
        f"ordlisten, {sum(len(one.prompts) for one in read)} refleksjoner",
    ]
    for module in course.modules:
        words = sum(lesson.words for lesson in module.lessons)
        scores = [lix(lesson.text) for lesson in module.lessons]
        lines.append(
            f"    {module.title}: {len(module.lessons)} leksjoner, {words} ord, {len(module.questions)} spørsmål, "
            f"{len(module.figures)} figurer, LIX {min(scores):.0f}–{max(scores):.0f}"
        )
    for translation in course.translations:
        missing = len(translation.notes)
        lines.append(f"  {translation.language}: {translation.title}, {missing} steder mangler eller er for gamle")
    return "\n".join(lines)
