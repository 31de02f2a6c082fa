"""How well trends are predicted: the last window of time is held out, and what was before it trains."""

from __future__ import annotations

from collections.abc import Callable

from personalize_sfn.engine.interactions import Interactions
from personalize_sfn.engine.metrics import DEPTH, trend_metrics
from personalize_sfn.engine.model import Model
from personalize_sfn.engine.trending import before_last_window, counts


def measure_trends(trained: Callable[[Interactions], Model], data: Interactions, window: int) -> dict[str, float]:
    """The metrics.  Data of one window only has no past: the accuracy is 0 then."""
    earlier = before_last_window(data, window)
    model = trained(earlier if earlier is not None else data)
    recommended = [item.item_id for item in model.recommend([], k=DEPTH)]
    end = int(data.timestamps.max())
    now = counts(data, end, window)
    growth = now - counts(data, end - window, window)
    names = data.item_ids.tolist()
    return trend_metrics(
        recommended if earlier is not None else [],
        dict(zip(names, growth.tolist(), strict=True)),
        dict(zip(names, now.tolist(), strict=True)),
        catalogue=len(names),
    )
