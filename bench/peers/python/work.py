"""What the workers run: the same functions in every peer."""
import os
import time

PIECE_TURNS = 100_000


def increment(value):
    return value + 1


def increment_all(values):
    return [value + 1 for value in values]


def echo(data):
    return data


def process_id(_):
    return os.getpid()


def process_id_after_a_while(_):
    """Long enough that the other worker takes the next one."""
    time.sleep(0.2)
    return os.getpid()


def hang(_):
    while True:
        pass


def piece(state):
    for _ in range(PIECE_TURNS):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
    return state
