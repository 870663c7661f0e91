/**
 * Shapes that a JSON value may have to have, checked with a word on where and how it does not.
 * @module
 */

/** Looks at a value, and says by `fault` what is wrong with it. */
export type Check = (value: unknown, path: string, fault: Fault) => void;
/** Takes where something is wrong, and what, in words that go after that. */
export type Fault = (path: string, what: string) => void;

/** A property's check, with whether it must be there. */
interface Property {
  readonly check: Check;
  readonly required: boolean;
}
export type Properties = Readonly<Record<string, Check | Property>>;

export function required(check: Check): Property {
  return { check, required: true };
}

export const anything: Check = () => {};

export const boolean: Check = (value, path, fault) => {
  if (typeof value !== "boolean") fault(path, "is not a boolean");
};

export function integer(least: number, most: number): Check {
  return (value, path, fault) => {
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
      fault(path, `is not a whole number from ${least} to ${most}`);
  };
}

/** A string of 1 to so many UTF-16 units, which is never less than what Slack might count. */
export function string(most: number = Number.POSITIVE_INFINITY, pattern: RegExp | null = null): Check {
  return (value, path, fault) => {
    if (typeof value !== "string") fault(path, "is not a string");
    else if (value === "") fault(path, "is empty");
    else if (value.length > most) fault(path, `is ${value.length} long, more than ${most}`);
    else if (pattern !== null && !pattern.test(value)) fault(path, `does not look like ${pattern}`);
  };
}

export function url(most = 3000, protocols: readonly string[] = ["https:", "http:"]): Check {
  const text = string(most);
  return (value, path, fault) => {
    text(value, path, fault);
    if (typeof value !== "string" || value === "") return;
    if (!protocols.includes(URL.parse(value)?.protocol ?? ""))
      fault(path, `is not a URL with ${protocols.join(" or ")}`);
  };
}

export function isOneOf(...values: readonly string[]): Check {
  return (value, path, fault) => {
    if (!values.includes(value as string)) fault(path, `is none of ${values.join(", ")}`);
  };
}

export function list(item: Check, least: number, most: number = Number.POSITIVE_INFINITY): Check {
  return (value, path, fault) => {
    if (!Array.isArray(value)) {
      fault(path, "is not an array");
      return;
    }
    if (value.length < least) fault(path, `has ${value.length} items, less than ${least}`);
    if (value.length > most) fault(path, `has ${value.length} items, more than ${most}`);
    value.forEach((each: unknown, index) => {
      item(each, `${path}[${index}]`, fault);
    });
  };
}

/** An object with these properties and no others. */
export function object(properties: Properties, also: Check = anything): Check {
  return (value, path, fault) => {
    if (!isObject(value)) {
      fault(path, "is not an object");
      return;
    }
    for (const name of Object.keys(value))
      if (!Object.hasOwn(properties, name)) fault(path, `has a property that is not known: ${name}`);
    for (const [name, property] of Object.entries(properties)) {
      const { check, required } =
        typeof property === "function" ? { check: property, required: false } : property;
      if (value[name] !== undefined) check(value[name], `${path}.${name}`, fault);
      else if (required) fault(path, `has no ${name}`);
    }
    also(value, path, fault);
  };
}

/** An object whose `type` says which shape it has; `type` itself need not be among the properties. */
export function typed(shapes: Readonly<Record<string, Properties>>, also: Check = anything): Check {
  const checks = new Map(
    Object.entries(shapes).map(([type, properties]) => [
      type,
      object({ type: anything, ...properties }, also),
    ]),
  );
  return (value, path, fault) => {
    const type = isObject(value) ? value["type"] : undefined;
    const check = typeof type === "string" ? checks.get(type) : undefined;
    if (check === undefined)
      fault(path, `is of type ${JSON.stringify(type)}, not ${[...checks.keys()].join(", ")}`);
    else check(value, path, fault);
  };
}

/** Exactly one of the properties. */
export function either(...names: readonly string[]): Check {
  return (value, path, fault) => {
    const present = isObject(value) ? names.filter((name) => value[name] !== undefined) : [];
    if (present.length !== 1) fault(path, `has ${present.length} of ${names.join(", ")}, not one`);
  };
}

/** At least one of the properties. */
export function some(...names: readonly string[]): Check {
  return (value, path, fault) => {
    if (isObject(value) && names.every((name) => value[name] === undefined))
      fault(path, `has none of ${names.join(", ")}`);
  };
}

export function all(...checks: readonly Check[]): Check {
  return (value, path, fault) => {
    for (const check of checks) check(value, path, fault);
  };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
