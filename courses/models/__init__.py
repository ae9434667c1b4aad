"""Tables of courses: learning (content, enrolment, progress) and fieldwork (seminars, visits, deliveries)."""

from courses.models import fieldwork as fieldwork
from courses.models import learning as learning
