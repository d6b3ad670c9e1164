"""Tests of kakehashi."""
