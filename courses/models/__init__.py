"""Tables of courses: learning (content, enrolment, progress) and fieldwork (seminars, visits, deliveries)."""

from courses.models import attendance as attendance
from courses.models import booking as booking
from courses.models import calendar as calendar
from courses.models import deliveries as deliveries
from courses.models import evaluation as evaluation
from courses.models import gatherings as gatherings
from courses.models import guidance as guidance
from courses.models import learning as learning
from courses.models import materials as materials
from courses.models import pairs as pairs
from courses.models import plans as plans
from courses.models import seminars as seminars
from courses.models import standards as standards
from courses.models import visits as visits
