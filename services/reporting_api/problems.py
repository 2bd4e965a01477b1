"""The problem documents of both services, as this one names them."""

from service_conventions.problems import KINDS, MEDIA_TYPE, Breach, Problem, answer, use_problem_documents

__all__ = ["KINDS", "MEDIA_TYPE", "Breach", "Problem", "answer", "use_problem_documents"]
