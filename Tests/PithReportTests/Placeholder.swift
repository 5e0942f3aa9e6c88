import PithReport
