type Any<Segment extends string> = Segment | "*";

/** Every pattern that matches the topic `T`: the type of `patternsOf`. */
export type PatternOf<T extends string> = string extends T
  ? never
  : T extends `${infer A}.${infer B}.${infer C}.${infer D}`
    ?
        | `${Any<A>}.${Any<B>}.${Any<C>}.${Any<D>}`
        | `${Any<A>}.${Any<B>}.${Any<C>}.**`
        | `${Any<A>}.${Any<B>}.**`
        | `${Any<A>}.**`
        | "**"
        | "*"
    : T extends `${infer A}.${infer B}.${infer C}`
      ?
          | `${Any<A>}.${Any<B>}.${Any<C>}`
          | `${Any<A>}.${Any<B>}.${Any<C>}.**`
          | `${Any<A>}.${Any<B>}.**`
          | `${Any<A>}.**`
          | "**"
          | "*"
      : T extends `${infer A}.${infer B}`
        ? `${Any<A>}.${Any<B>}` | `${Any<A>}.${Any<B>}.**` | `${Any<A>}.**` | "**" | "*"
        : never;

/** Of the topics `T`, those that the pattern `P` matches. */
export type TopicsMatching<P extends string, T extends string> = T extends unknown
  ? P extends PatternOf<T>
    ? T
    : never
  : never;
