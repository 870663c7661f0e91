type SegmentOrWildcard<Segment extends string> = Segment | "*";

/** Every pattern that matches the topic `T`: the type of `getMatchingPatterns`. */
export type PatternOf<T extends string> = string extends T
  ? never
  : T extends `${infer A}.${infer B}.${infer C}.${infer D}`
    ?
        | `${SegmentOrWildcard<A>}.${SegmentOrWildcard<B>}.${SegmentOrWildcard<C>}.${SegmentOrWildcard<D>}`
        | `${SegmentOrWildcard<A>}.${SegmentOrWildcard<B>}.${SegmentOrWildcard<C>}.**`
        | `${SegmentOrWildcard<A>}.${SegmentOrWildcard<B>}.**`
        | `${SegmentOrWildcard<A>}.**`
        | "**"
        | "*"
    : T extends `${infer A}.${infer B}.${infer C}`
      ?
          | `${SegmentOrWildcard<A>}.${SegmentOrWildcard<B>}.${SegmentOrWildcard<C>}`
          | `${SegmentOrWildcard<A>}.${SegmentOrWildcard<B>}.${SegmentOrWildcard<C>}.**`
          | `${SegmentOrWildcard<A>}.${SegmentOrWildcard<B>}.**`
          | `${SegmentOrWildcard<A>}.**`
          | "**"
          | "*"
      : T extends `${infer A}.${infer B}`
        ?
            | `${SegmentOrWildcard<A>}.${SegmentOrWildcard<B>}`
            | `${SegmentOrWildcard<A>}.${SegmentOrWildcard<B>}.**`
            | `${SegmentOrWildcard<A>}.**`
            | "**"
            | "*"
        : never;

/** The topics of `T` that match the pattern `P`. */
export type TopicsMatching<P extends string, T extends string> = T extends unknown
  ? P extends PatternOf<T>
    ? T
    : never
  : never;
