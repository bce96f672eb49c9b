"""Draw the tables of a sizing: an Altair chart for each, which a screen may show, and its SVG for a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import as_file, files
from typing import Any

import altair as alt
import vl_convert

from planner.sizing.tables import Table

FONT = "DejaVu Sans Condensed"
GREEN, GREY, RED, BLUE = "#1a7f5a", "#8a8f98", "#b3261e", "#2c5aa0"
WIDTH, HEIGHT = 620, 240
MOST_DAYS_NAMED = 31
NO_MORE_THAN_ALL = "datum.value > 100 ? '' : datum.label"
TWO_LINES = "split(replace(datum.label, ', with ', ',|with '), '|')"  # what is owned, and what helps on peak days
ROOM = 4  # percent of service above and below all fleets, for their names
Chart = Any  # Altair's own types change with each call on a chart


def svg_of(chart: Chart) -> str:
    """Return a chart as SVG, its letters in the font that we bring."""
    with as_file(files("planner.export").joinpath("fonts")) as folder:
        vl_convert.register_font_directory(str(folder))
        styled = chart.configure(font=FONT).configure_axis(labelFontSize=11, titleFontSize=12, labelLimit=300)
        return vl_convert.vegalite_to_svg(styled.configure_legend(labelFontSize=11, labelLimit=400).to_dict())


def charts(tables: Mapping[str, Table], currency: str) -> dict[str, Chart]:
    """Return a chart for each table that has something to show, by the table's name."""
    return {name: draw(tables[name], currency) for name, draw in DRAWN.items() if tables[name].rows}


def _data(table: Table) -> alt.Data:
    return alt.Data(values=table.records())  # type: ignore[no-untyped-call]


def _money(currency: str) -> str:
    return f"{currency} a year"


def frontier(table: Table, currency: str) -> Chart:
    """Each fleet by its own cost and service; the frontier joined and named, its knee ringed."""
    lowest = min(float(row["service_percent"]) for row in table.records())
    served = alt.Scale(domain=[min(lowest - ROOM, 100 - 2 * ROOM), 100 + ROOM], nice=False)
    base = alt.Chart(_data(table)).encode(
        x=alt.X("without_couriers:Q", title=_money(currency), scale=alt.Scale(zero=False, padding=60)),
        y=alt.Y("service_percent:Q", title="orders served, %", scale=served, axis=alt.Axis(labelExpr=NO_MORE_THAN_ALL)),
    )
    on_front = base.transform_filter("datum.what != 'other'")
    line = on_front.mark_line(color=GREY, strokeDash=[4, 3])
    colours = alt.Scale(domain=["recommended", "frontier", "other"], range=[GREEN, BLUE, GREY])
    others, dots = (  # the others below
        which.mark_circle(size=110, opacity=1).encode(
            color=alt.Color("what:N", title=None, scale=colours),
            tooltip=["fleet:N", "without_couriers:Q", "cost_per_year:Q", "service_percent:Q"],
        )
        for which in (base.transform_filter("datum.what == 'other'"), on_front)
    )
    knee = base.transform_filter("datum.knee == 'knee'").mark_point(size=330, color=RED, strokeWidth=2)
    label = on_front.mark_text(dy=-17, fontSize=11).encode(text="fleet:N")
    return alt.layer(others, line, dots, knee, label).properties(width=WIDTH, height=HEIGHT)


def costs(table: Table, currency: str) -> Chart:
    """What each fleet's year costs, by kind."""
    data = _data(table)
    shown = alt.Chart(data).transform_filter("datum.cost_per_year > 0")
    order = list(dict.fromkeys(str(row[0]) for row in table.rows))
    return (
        shown.mark_bar()
        .encode(
            x=alt.X("sum(cost_per_year):Q", title=_money(currency)),
            y=alt.Y("fleet:N", title=None, sort=order, axis=alt.Axis(labelExpr=TWO_LINES)),
            color=alt.Color("for:N", title=None, sort=None, scale=alt.Scale(scheme="tableau20")),
            order=alt.Order("sum(cost_per_year):Q", sort="descending"),
        )
        .properties(width=WIDTH - 220, height=alt.Step(34))
    )


def charging(table: Table, _currency: str) -> Chart:
    """The charger load over the day against what the site gives."""
    base = alt.Chart(_data(table)).encode(x=alt.X("hour:O", title="hour of the day", axis=alt.Axis(labelAngle=0)))
    mean = base.mark_bar(color=BLUE, opacity=0.75).encode(y=alt.Y("mean_kw:Q", title="kW (bars: mean, line: highest)"))
    most = base.mark_line(color=GREEN, point=True).encode(y="most_kw:Q")
    site = base.mark_line(color=RED, strokeDash=[6, 3]).encode(y="site_kw:Q")
    told = base.transform_filter("datum.hour == 0").mark_text(align="left", dy=-8, dx=6, color=RED, fontSize=11)
    return alt.layer(
        mean, most, site, told.encode(y="site_kw:Q", text=alt.value("all plugs together, or the site"))
    ).properties(width=WIDTH, height=HEIGHT - 30)


def utilisation(table: Table, _currency: str) -> Chart:
    """How much of its shift each vehicle is out, day by day."""
    days = len({row[0] for row in table.rows})
    labels: Any = alt.Undefined if days <= MOST_DAYS_NAMED else {"condition": {"test": "true", "value": 6}}
    axis = alt.Axis(labelAngle=-90, labelFontSize=6 if labels is not alt.Undefined else 10)
    return (
        alt.Chart(_data(table))
        .mark_rect()
        .encode(
            x=alt.X("date:O", title=None, axis=axis),
            y=alt.Y("vehicle:N", title=None),
            color=alt.Color(
                "percent_of_shift:Q", title="% of shift out", scale=alt.Scale(scheme="greens", domain=[0, 100])
            ),
        )
        .properties(width=WIDTH - 60, height=alt.Step(22))
    )


def volume(table: Table, currency: str) -> Chart:
    """What a year costs by orders a day, for the recommended fleet and those of other kinds."""
    return (
        alt.Chart(_data(table))
        .mark_line()
        .encode(
            x=alt.X("orders_a_day:Q", title="orders a day, with the fleet as it stands"),
            y=alt.Y("cost_per_year:Q", title=_money(currency)),
            color=alt.Color("fleet:N", title=None, sort=None),
        )
        .properties(width=WIDTH - 140, height=HEIGHT)
    )


def tornado(table: Table, currency: str) -> Chart:
    """How far each figure moves the year's cost of the recommended fleet."""
    order = [str(row[0]) for row in table.rows]
    bars = (
        alt.Chart(_data(table))
        .mark_bar(color=BLUE, height=16)
        .encode(
            x=alt.X("low:Q", title=_money(currency), scale=alt.Scale(zero=False)),
            x2="high:Q",
            y=alt.Y("figure:N", title=None, sort=order),
        )
    )
    return bars.properties(width=WIDTH - 210, height=alt.Step(26))


DRAWN: dict[str, Callable[[Table, str], Chart]] = {
    "frontier": frontier,
    "costs": costs,
    "charging": charging,
    "utilisation": utilisation,
    "volume": volume,
    "tornado": tornado,
}
