"""The demonstration province: Quảng Nam as of April 2024, with invented people.

Units and their statistical codes are real; identifier codes below the province and all people are made up here.
"""
