"""Write an answer as the literature exchanges it."""

from __future__ import annotations

from xml.etree import ElementTree

from planner.solve.instance import Instance, RouteSet


def routes_text(instance: Instance, found: RouteSet) -> str:
    """Return the routes as text: in CVRPLIB's form, or a comment and a line of node names for each vehicle.

    For an E-VRP-NL it is the XML of that set, with the energy of each charge.
    In CVRPLIB's form, that of a CVRP and of several trips, customers are numbered from 1 and the depot is left out, but
    for a 0 where a vehicle reloads; else each line starts and ends with it.
    """
    if instance.kind == "evrpnl":
        return _xml(instance, found)
    routes = [[instance.names[place] for place in route] for route in found.routes]
    if instance.kind in {"cvrp", "mtvrptwr"}:
        listed = [f"Route #{number}: {' '.join(route)}" for number, route in enumerate(routes, start=1)]
        colon = ":" if instance.kind == "mtvrptwr" else ""
        return "\n".join([*listed, f"Cost{colon} {_exact(found.length)}"]) + "\n"
    depot = instance.names[instance.depot]
    listed = [" ".join([depot, *route, depot]) for route in routes]
    comment = f"# {instance.name}: {len(routes)} vehicles, length {found.length:.6f}"
    if found.unserved:
        comment += f"; not served: {' '.join(instance.names[place] for place in found.unserved)}"
    return "\n".join([comment, *listed]) + "\n"


def _xml(instance: Instance, found: RouteSet) -> str:
    """Return the routes as the set's own checkers read them: VRP-REP XML with a charge (Wh) at each station."""
    root = ElementTree.Element("solution", instance=instance.name, method="planner")
    if found.unserved:
        left = " ".join(instance.names[place] for place in found.unserved)
        root.append(ElementTree.Comment(f" not served: {left} "))
    for number, (route, charges) in enumerate(zip(found.routes, found.charges, strict=True)):
        sequence = ElementTree.SubElement(ElementTree.SubElement(root, "route", id=str(number)), "sequence")
        for place, charge in zip((instance.depot, *route, instance.depot), (0.0, *charges, 0.0), strict=True):
            node = ElementTree.SubElement(sequence, "node", id=instance.names[place])
            if place > instance.depot:
                ElementTree.SubElement(node, "charge").text = repr(float(charge))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _exact(length: float) -> str:
    return str(int(length)) if length.is_integer() else f"{length:.6f}"
