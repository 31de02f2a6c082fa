"""Work in blocks, on all processors."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import pairwise

import numpy as np
import pytest
import scipy.linalg  # noqa: F401  # brings a BLAS library of its own
from threadpoolctl import ThreadpoolController

from personalize_sfn.engine.parallel import CELLS, in_blocks, one_blas_thread


def test_blocks_cover_all_rows_in_their_order():
    rows, width = 3 * CELLS // 1000, 1000
    found = in_blocks(rows, width, lambda block: (block.start, block.stop))
    assert len(found) > 1
    assert found[0][0] == 0
    assert found[-1][1] == rows
    assert all(before[1] == after[0] for before, after in pairwise(found))
    assert all((stop - start) * width <= CELLS for start, stop in found)


@pytest.mark.parametrize(("rows", "width"), [(0, 5), (3, 0), (2, 10 * CELLS)])
def test_no_rows_no_columns_and_very_wide_rows_work_too(rows: int, width: int):
    numbers = np.arange(rows)
    assert [n for block in in_blocks(rows, width, lambda each: numbers[each].tolist()) for n in block] == list(
        range(rows)
    )


def test_an_error_of_one_block_reaches_the_caller():
    def work(block: slice) -> None:
        if block.start:
            raise ValueError("bad block")

    with pytest.raises(ValueError, match="bad block"):
        in_blocks(4, CELLS, work)


def threads() -> list[int]:
    controllers = ThreadpoolController().select(user_api="blas").lib_controllers
    return [library.num_threads for library in controllers]


def test_blas_has_one_thread_inside_and_its_own_number_outside():
    before = threads()
    with one_blas_thread():
        with one_blas_thread():
            assert set(threads()) <= {1}
        assert set(threads()) <= {1}, "the outermost one restores"
    assert threads() == before


@pytest.mark.parametrize("first", ["here", "there"])
def test_a_thread_may_enter_first_and_another_one_leave_last(first: str):
    before = threads()
    with ThreadPoolExecutor(1) as there:  # it lives on all the while
        if first == "there":
            stack = there.submit(entered).result()
            assert set(threads()) <= {1}
            stack.close()
        else:
            stack = entered()
            assert set(threads()) <= {1}
            there.submit(stack.close).result()
        assert threads() == before


def entered() -> ExitStack:
    stack = ExitStack()
    stack.enter_context(one_blas_thread())
    return stack
