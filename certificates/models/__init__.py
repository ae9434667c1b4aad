"""Tables of the certificates. Rows are added and never changed or deleted: what was decided stays (DOMAIN.md 5)."""

from certificates.models import appeals as appeals
from certificates.models import assessments as assessments
from certificates.models import checks as checks
from certificates.models import course_certificates as course_certificates
from certificates.models import imports as imports
from certificates.models import issued as issued
from certificates.models import programmes as programmes
from certificates.models import reminders as reminders
