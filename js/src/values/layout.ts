// Where everything goes: from the width and the matrix to the size of a cell, the panels per row and the margins.

import { clamp } from "./viewport.ts";

export type Kind = "wide" | "square" | "tall";

export interface Room {
  /** Width of the root in CSS pixels. */
  width: number;
  rows: number;
  columns: number;
  /** The input and the methods. */
  panels: number;
  /** All panels are no higher than this, where that can be. */
  height: number;
  /** One panel takes the place of all: its cells may be as large as the height allows. */
  alone: boolean;
  profiles: boolean;
  /** Panels side by side, as the reader chose; null is as many as suit. */
  perRow?: number | null;
  /** The height of a cell in widths of it, as the reader chose; null is what suits. */
  aspect?: number | null;
  /** The first row is at the bottom. */
  flipped?: boolean;
  /** Rows are drawn as lines, which need more height than cells. */
  lines?: boolean;
  /** The names of groups stand left of those of rows. */
  grouped?: boolean;
  /** Width of the longest row and column name in pixels; a column axis of numbers is never turned. */
  rowNames: number;
  columnNames: number;
  numericColumns: boolean;
}

export interface Layout {
  kind: Kind;
  width: number;
  /** Row names and field labels, left of the maps: the spine is its right edge. */
  gutter: number;
  perRow: number;
  gap: number;
  cellWidth: number;
  cellHeight: number;
  mapWidth: number;
  mapHeight: number;
  /** Height of the column profile above a map; 2 where there is none. A single line has no profile across it. */
  columnProfile: number;
  /** Width of the row profile beside a map, and the gap between; 0 where there is none. */
  rowProfile: number;
  profileGap: number;
  /** The legend stands above the row profile, else in the title. */
  corner: boolean;
  /** The title has a second line. */
  twoLines: boolean;
  /** Too narrow for more than the name. */
  slim: boolean;
  /** Column names at -90 degrees. */
  turned: boolean;
  axisHeight: number;
  /** The first row is at the bottom. */
  flipped: boolean;
}

/** A view of fewer CSS pixels has less around its maps. */
export const NARROW = 640;
/** A view of this many CSS pixels or more has room for two things side by side. */
export const BROAD = 900;
/** The width of the names of groups, left of those of rows. */
export const GROUP = 18;
/** Between the column profile and the map: the axis bracket stands here. */
export const BRACKET = 4;
const SMALLEST_MAP = 120;
/** A cell that is larger looks like a button. */
const LARGEST = 48;
/** The height of a row that is a curve: at the least, in a matrix of many rows and of few. */
const LINE = [20, LARGEST] as const;
/** A panel that is narrower shows no map. */
const NARROWEST = 64;
/** A map whose cells have a shape of their own is no lower and no higher than this. */
const [LOWEST, HIGHEST] = [16, 4000];

export function layout(room: Room): Layout {
  const kind = kindOf(room.rows, room.columns);
  const gutter = gutterOf(kind, room);
  const sized = { wide, square, tall }[kind](room, gutter);
  const cellWidth = sized.cellWidth;
  const mapWidth = Math.max(1, Math.floor(cellWidth * room.columns + 1e-6));
  const cellHeight = shaped(sized, room);
  const mapHeight = Math.max(1, Math.round(cellHeight * room.rows));
  // wide maps that a reader put side by side have as little room for words as others
  const narrow = kind !== "wide" || (Boolean(room.perRow) && mapWidth + sized.rowProfile < 260);
  const turned = !room.numericColumns && room.columnNames + 8 > cellWidth && (kind === "tall" || cellWidth >= 11);
  return {
    ...sized,
    cellHeight,
    kind,
    width: room.width,
    flipped: room.flipped === true,
    gutter,
    mapWidth,
    mapHeight,
    columnProfile: room.profiles && room.columns > 1 ? 24 : 2,
    corner: !narrow && sized.rowProfile >= 56,
    twoLines: narrow,
    slim: narrow && mapWidth + sized.rowProfile < 130,
    turned,
    axisHeight: turned ? clamp(Math.ceil(room.columnNames) + 12, 24, 88) : 18,
  };
}

/** The width of a panel without its row names: the map, and the profile beside it. */
export function panelWidth({ mapWidth, rowProfile, profileGap }: Layout): number {
  return mapWidth + (rowProfile ? profileGap + rowProfile : 0);
}

export function kindOf(rows: number, columns: number): Kind {
  if (columns >= 2.5 * rows) return "wide";
  return columns <= 0.4 * rows ? "tall" : "square";
}

function gutterOf(kind: Kind, { width, rowNames, grouped }: Room): number {
  const least = kind !== "wide" ? 56 : width >= BROAD ? 80 : width >= NARROW ? 64 : 52;
  const most = Math.max(least, Math.min(128, Math.floor(width * 0.16)));
  return clamp(Math.ceil(rowNames) + 12, least, most) + (grouped ? GROUP : 0);
}

/** The height of a cell, in the shape that the reader chose. */
function shaped({ cellWidth, cellHeight }: Sized, { rows, aspect }: Room): number {
  if (!aspect) return cellHeight;
  return clamp(cellWidth * aspect, LOWEST / rows, HIGHEST / rows);
}

/** As many panels side by side as were chosen, or as have room; null where nothing was chosen. */
export function chosenPerRow(
  { perRow, panels, width }: Pick<Room, "perRow" | "panels" | "width">,
  gutter: number,
): number | null {
  if (!perRow) return null;
  const most = Math.floor((width - gutter) / NARROWEST);
  return clamp(Math.min(perRow, panels), 1, Math.max(1, most));
}

type Sized = Pick<Layout, "perRow" | "gap" | "cellWidth" | "cellHeight" | "rowProfile" | "profileGap">;

/** One column of panels with a shared column axis; two where more than six would not fit a screen. */
function wide(room: Room, gutter: number): Sized {
  const { width, height, rows, columns, panels } = room;
  const perRow = abreast(room, gutter);
  const gap = perRow > 2 ? 16 : 24;
  const each = Math.floor((width - gutter - (perRow - 1) * gap) / perRow);
  const wanted = perRow > 2 && each < 340 ? 0 : wideProfile(room, each);
  const profileGap = width >= NARROW ? 8 : 4;
  const cellWidth = snap((each - wanted - (wanted ? profileGap : 0)) / columns);
  const spare = each - cellWidth * columns - profileGap;
  const rowProfile = wanted ? clamp(Math.floor(spare), 0, perRow > 1 ? 64 : 112) : 0;
  const share = height / Math.ceil(panels / perRow) - 56;
  const least = room.lines ? clamp(Math.round(240 / rows), ...LINE) : Math.min(width < NARROW ? 6 : 5, 400 / rows);
  const cellHeight = clamp(Math.round(share / rows), least, largest(room));
  return { perRow, gap, cellWidth, cellHeight, rowProfile: rowProfile < 16 ? 0 : rowProfile, profileGap };
}

function abreast(room: Room, gutter: number): number {
  return chosenPerRow(room, gutter) ?? (room.panels > 6 && room.width >= BROAD ? 2 : 1);
}

/** The height of a cell of a wide map is at most this; a single line is higher. */
function largest({ rows, alone, lines }: Room): number {
  const usual = Math.max(lines ? LARGEST : 14, Math.floor((lines ? 3 : 1) * (56 / rows)));
  return alone ? Math.max(LARGEST, usual) : usual;
}

/** The least room that the row profile of a wide map asks for; `each` is the width of a panel. */
function wideProfile({ width, rows, profiles }: Room, each: number): number {
  if (!profiles || rows === 1) return 0;
  if (width >= NARROW) return 56;
  return each >= 340 ? 24 : 0;
}

/** A number of panels per row, and what comes of it. */
interface Tiling {
  perRow: number;
  lines: number;
  /** The size of a cell. */
  cell: number;
  /** All lines of panels are within the height. */
  fits: boolean;
}

/** Small multiples: as many per row as give the largest cell within the height, and no last line that is less than half full. */
function square(given: Room, gutter: number): Sized {
  const { width, height, rows, columns, panels, profiles } = given;
  const chosen = chosenPerRow(given, gutter);
  const tallness = rows * (given.aspect ?? 1);
  const least = 12;
  const wanted = width >= NARROW ? 28 : 20;
  const rowProfile = profiles && rows > 1 ? wanted : 0;
  const profileGap = 4;
  const room = (perRow: number): number => width - gutter - perRow * (rowProfile + profileGap);
  const tiling = (perRow: number): Tiling => {
    const lines = Math.ceil(panels / perRow);
    const across = (room(perRow) - (perRow - 1) * least) / perRow / columns;
    // who chose how many stand side by side gets maps as large as that lets them be
    const fits = chosen !== null || lines * (whole(across) * tallness + 68) <= height;
    const down = Math.max(height / lines - 68, SMALLEST_MAP) / tallness;
    return { perRow, lines, cell: whole(fits ? across : Math.min(across, down)), fits };
  };
  let best: Tiling = chosen ? tiling(chosen) : { perRow: 1, lines: Infinity, cell: 0, fits: false };
  for (let perRow = 1; !chosen && perRow <= panels; perRow++) {
    const one = tiling(perRow);
    if (!leavesOrphan(panels, perRow) && isBetter(one, best)) best = one;
  }
  const { perRow, cell } = best;
  const spare = (room(perRow) - perRow * cell * columns) / Math.max(1, perRow - 1);
  const gap = clamp(Math.floor(spare), least, 16);
  return { perRow, gap, cellWidth: cell, cellHeight: cell, rowProfile, profileGap };
}

/** Whether the last line would be less than half full. */
function leavesOrphan(panels: number, perRow: number): boolean {
  return panels % perRow !== 0 && panels % perRow < perRow / 2;
}

function isBetter(one: Tiling, other: Tiling): boolean {
  if (one.fits !== other.fits) return one.fits;
  return one.cell > other.cell || (one.cell === other.cell && one.lines < other.lines);
}

/** Whole pixels from one on, half ones where that would lose a fifth, and never a cell as large as a button. */
function whole(size: number): number {
  if (size < 1) return Math.max(size, 0);
  const floor = Math.floor(Math.min(size, LARGEST));
  return floor > 0.8 * Math.min(size, LARGEST) ? floor : Math.floor(size * 2) / 2;
}

/** One row of narrow panels, wrapped only where their columns would become too narrow to tell apart. */
function tall(room: Room, gutter: number): Sized {
  const { width, rows, columns, panels, profiles } = room;
  const gap = width >= NARROW ? 16 : 12;
  const profileGap = 4;
  const wanted = width < NARROW ? 16 : panels > 6 ? 24 : 40;
  const rowProfile = profiles ? wanted : 0;
  const across = (perRow: number): number =>
    (width - gutter - (perRow - 1) * gap - perRow * (rowProfile + profileGap)) / perRow / columns;
  const least = Math.max(Math.min(3.75, 160 / columns), 24 / columns);
  const perRow = chosenPerRow(room, gutter) ?? evenly(panels, (count) => across(count) >= least);
  const widest = room.alone ? LARGEST : Math.max(14, Math.floor(56 / columns));
  const cellWidth = clamp(snap(across(perRow)), Math.min(3, across(1)), widest);
  const height = room.alone ? room.height : perRow < panels ? 400 : 560;
  const cellHeight = clamp(Math.round(height / rows), Math.min(2, 560 / rows), room.alone ? LARGEST : 14);
  return { perRow, gap, cellWidth, cellHeight, rowProfile, profileGap };
}

/** Whole, else half, else quarter pixels, where that costs less than 7 % of the size. */
export function snap(size: number): number {
  for (const parts of [1, 2, 4]) {
    const snapped = Math.floor(size * parts) / parts;
    if (snapped > size * 0.93) return snapped;
  }
  return size;
}

/** As many side by side as have room, with no line much shorter than the others. */
function evenly(panels: number, fits: (perRow: number) => boolean): number {
  let perRow = panels;
  while (perRow > 1 && !fits(perRow)) perRow--;
  return Math.ceil(panels / Math.ceil(panels / perRow));
}
