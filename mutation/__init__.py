"""Mutation testing of what keeps people safe: is there a test that fails for every small change of it?"""
