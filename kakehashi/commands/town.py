"""`kakehashi town`: make the demonstration town, import a real one, check a bundle."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fleet.errors import BadInputError, ConflictError
from fleet.text import Text
from kakehashi.output_place import require_folder_place, writing

if TYPE_CHECKING:
    from missions.values.town import Town

app = typer.Typer(help="町のデータ / the town's data", no_args_is_help=True)


class TerrainSource(StrEnum):
    """What stands where the elevation files know nothing."""

    REAL = "real"
    SYNTHETIC = "synthetic"


Target = Annotated[Path, typer.Argument(help="町のフォルダ / the town's folder")]


@app.command("make-demo")
def make_demo(
    folder: Target, seed: Annotated[int, typer.Option(help="乱数の種 / seed")] = 34, force: bool = False
) -> None:
    """架空の山の町を作る / make the fictional mountain town; the same seed gives the same town."""
    from missions.formats.demo_town import make_demo_town
    from missions.formats.town_bundle import write_town

    _require_new(folder, force=force)
    town = make_demo_town(seed)
    with writing(folder):
        write_town(town, folder)
    typer.echo(f"✓ {folder} を作りました / made the town in {folder}")


@app.command("import")
def import_real(
    folder: Target,
    boundary: Annotated[Path, typer.Option(help="行政区域の GeoJSON / municipality's boundary")],
    code: Annotated[str, typer.Option(help="市区町村コード / municipality code, e.g. 34545")],
    evacuation: Annotated[list[Path] | None, typer.Option(help="国土地理院の避難場所 CSV / GSI evacuation CSV")] = None,
    did: Annotated[list[Path] | None, typer.Option(help="人口集中地区 GeoJSON / densely inhabited districts")] = None,
    airports: Annotated[list[Path] | None, typer.Option(help="空港 GeoJSON / airport sites")] = None,
    dem: Annotated[
        list[Path] | None, typer.Option(help="標高: GSI PNG, FG-GML, HGT, GeoTIFF, またはフォルダ / elevation files")
    ] = None,
    terrain: Annotated[
        str, typer.Option(help="real; synthetic: 標高のない所を合成で埋める / fill gaps synthetically")
    ] = TerrainSource.REAL.value,
    depot: Annotated[
        str | None, typer.Option(help="拠点: 名前か id か「緯度,経度」 / depot: name, id or lat,lon")
    ] = None,
    cell_m: Annotated[float, typer.Option(min=5.0, max=100.0, help="標高の間隔 m / grid spacing")] = 10.0,
    force: bool = False,
) -> None:
    """公開データから町を作る / make a town from public data."""
    from missions.formats.town_bundle import write_town
    from missions.formats.town_import import ImportSources, ImportWishes, import_town

    ground = _terrain_source(terrain)
    _require_new(folder, force=force)
    sources = ImportSources(
        boundary=boundary,
        evacuation_csv=tuple(evacuation or ()),
        did=tuple(did or ()),
        airports=tuple(airports or ()),
        dem=tuple(dem or ()),
        synthetic_terrain=ground is TerrainSource.SYNTHETIC,
    )
    town = import_town(sources, ImportWishes(code=code, depot=depot, cell_m=cell_m))
    with writing(folder):
        write_town(town, folder)
    typer.echo(
        f"✓ {town.name.ja}: 場所 {len(town.places)} 件を {folder} に書きました / wrote {len(town.places)} places"
    )
    _say_what_keeps_it_from_flying(town)


@app.command("check")
def check(folder: Target) -> None:
    """町のデータを確かめる / check a bundle; says file, layer and row of the first fault."""
    from missions.formats.town_bundle import read_town

    town = read_town(folder)
    rows, columns = town.terrain.heights_m.shape
    typer.echo(
        f"✓ {town.name.ja} / {town.name.en}: 場所 {len(town.places)}、空域 {len(town.airspace)}、"
        f"機体 {len(town.aircraft)}、地形 {columns} × {rows}（{town.terrain.cell_m:g} m）"
    )
    _say_what_keeps_it_from_flying(town)


def _say_what_keeps_it_from_flying(town: "Town") -> None:
    """Name what is good for drills only, so that nobody learns it on the day."""
    if town.terrain.synthetic:
        typer.echo("! 合成地形です。実際の飛行には使えません / synthetic terrain: not for real flights")
    examples = ", ".join(aircraft.id for aircraft in town.aircraft.values() if aircraft.figures_are_examples)
    if examples:
        typer.echo(
            f"! 数字が例のままの機体（実際の飛行には使えません）: {examples} / "
            f"aircraft with example figures, not for real flights: {examples}"
        )


def _terrain_source(text: str) -> TerrainSource:
    try:
        return TerrainSource(text)
    except ValueError as error:
        raise BadInputError(
            Text(f"--terrain {text} はありません", f"there is no --terrain {text}"),
            Text(
                "real か synthetic にしてください。標高ファイルは --dem で指定します",
                "make it real or synthetic; elevation files are named with --dem",
            ),
        ) from error


def _require_new(folder: Path, *, force: bool) -> None:
    require_folder_place(folder)
    with writing(folder):
        taken = folder.exists() and any(folder.iterdir())
    if taken and not force:
        raise ConflictError(
            Text(f"{folder} は空ではありません", f"{folder} is not empty"),
            Text("別のフォルダにするか、--force を付けてください", "choose another folder, or add --force"),
        )
