export type Attributes = Readonly<Record<string, string | number>>;

/** An element of SVG as text. Numbers have a tenth of a pixel, so that the file is the same wherever it is made. */
export function element(name: string, attributes: Attributes, content: readonly string[] = []): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${shown(value)}"`);
  const head = `<${name}${written.join("")}`;
  return content.length === 0 ? `${head}/>` : `${head}>${content.join("\n")}</${name}>`;
}

export function text(x: number, y: number, says: string, attributes: Attributes = {}): string {
  return element("text", { x, y, ...attributes }, [escaped(says)]);
}

export function line(from: Point, to: Point, attributes: Attributes): string {
  return element("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, ...attributes });
}

export function path(points: readonly Point[], attributes: Attributes): string {
  const steps = points.map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${shown(x)} ${shown(y)}`);
  return element("path", { d: steps.join(" "), fill: "none", ...attributes });
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

function shown(value: string | number): string {
  return typeof value === "number" ? String(Math.round(value * 10) / 10) : escaped(value);
}

function escaped(says: string): string {
  return says.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
