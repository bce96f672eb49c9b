"""Write an answer as the literature exchanges it."""

from __future__ import annotations

from planner.solve.instance import Instance, RouteSet


def routes_text(instance: Instance, found: RouteSet) -> str:
    """Return the routes as text: CVRPLIB's form for a CVRP, else a comment, and a line of node names for each vehicle.

    In CVRPLIB's form customers are numbered from 1 and the depot is left out; else each line starts and ends with it.
    """
    routes = [[instance.names[place] for place in route] for route in found.routes]
    if instance.kind == "cvrp":
        listed = [f"Route #{number}: {' '.join(route)}" for number, route in enumerate(routes, start=1)]
        return "\n".join([*listed, f"Cost {_exact(found.length)}"]) + "\n"
    depot = instance.names[instance.depot]
    listed = [" ".join([depot, *route, depot]) for route in routes]
    comment = f"# {instance.name}: {len(routes)} vehicles, length {found.length:.6f}"
    if found.unserved:
        comment += f"; not served: {' '.join(instance.names[place] for place in found.unserved)}"
    return "\n".join([comment, *listed]) + "\n"


def _exact(length: float) -> str:
    return str(int(length)) if length.is_integer() else f"{length:.6f}"
