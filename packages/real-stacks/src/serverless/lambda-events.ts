import type { StackRequest } from "../requests.ts";

/** The event that AWS passes to a function. */
export interface EventShape {
  readonly name: string;
  readonly hasLength: boolean;
  readonly toEvent: (request: StackRequest) => object;
}

type Source = "API Gateway REST (v1)" | "API Gateway HTTP (v2)" | "ALB";

/** Each source with the body as text and in base64, with and without content-length. */
export const EVENT_SHAPES: readonly EventShape[] = (
  ["API Gateway REST (v1)", "API Gateway HTTP (v2)", "ALB"] as const
).flatMap((source) =>
  [false, true].flatMap((base64) =>
    [false, true].map((withLength) => ({
      name: `${source}${base64 ? " in base64" : ""}${withLength ? " with content-length" : ""}`,
      hasLength: withLength,
      toEvent: (request: StackRequest) => toEvent(source, request, base64, withLength),
    })),
  ),
);

function toEvent(source: Source, request: StackRequest, base64: boolean, withLength: boolean): object {
  const { method, body } = request;
  const [path = "", query = ""] = request.path.split("?", 2);
  const named = {
    host: "example.execute-api.eu-west-1.amazonaws.com",
    ...request.headers,
    ...(withLength ? { "content-length": String(body.length) } : {}),
  };
  // REST keeps the case of names; the others lowercase them.
  const headers =
    source === "API Gateway REST (v1)"
      ? Object.fromEntries(Object.entries(named).map(([name, value]) => [capitalize(name), value]))
      : named;
  const content = {
    body: body.length === 0 ? null : body.toString(base64 ? "base64" : "utf8"),
    isBase64Encoded: base64,
  };
  if (source === "API Gateway HTTP (v2)")
    return {
      version: "2.0",
      routeKey: "$default",
      rawPath: path,
      rawQueryString: query,
      headers,
      requestContext: {
        accountId: "123456789012",
        apiId: "example",
        domainName: named.host,
        http: { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "heron" },
        requestId: "id",
        routeKey: "$default",
        stage: "$default",
        time: "12/Mar/2026:19:03:58 +0000",
        timeEpoch: 1583348638390,
      },
      ...content,
    };
  const parameters = query === "" ? null : Object.fromEntries(new URLSearchParams(query));
  return {
    resource: "/{proxy+}",
    path,
    httpMethod: method,
    headers,
    ...(source === "ALB"
      ? {}
      : {
          multiValueHeaders: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [name, [value]]),
          ),
          multiValueQueryStringParameters:
            parameters === null
              ? null
              : Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]])),
          pathParameters: null,
          stageVariables: null,
        }),
    queryStringParameters: parameters,
    requestContext:
      source === "ALB"
        ? { elb: { targetGroupArn: "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/a/b" } }
        : {
            accountId: "123456789012",
            apiId: "example",
            httpMethod: method,
            path,
            protocol: "HTTP/1.1",
            requestId: "id",
            identity: { sourceIp: "192.0.2.1" },
            resourcePath: "/{proxy+}",
            stage: "prod",
          },
    ...content,
  };
}

function capitalize(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letters) => letters.toUpperCase());
}
