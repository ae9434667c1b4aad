"""Tables of courses: learning (content, enrolment, progress) and fieldwork (seminars, visits, deliveries)."""

from courses.models import fieldwork as fieldwork
from courses.models import learning as learning
from courses.models import standards as standards
