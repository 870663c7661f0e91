export interface Topics {
  readonly topics: readonly string[];
  readonly catalogue: Readonly<Record<string, { readonly description: string | null }>> | null;
}

/** Topics that there are, to be chosen by a click. */
export function Offered({
  topics,
  chosen,
  choose,
}: {
  readonly topics: Topics | undefined;
  readonly chosen: readonly string[];
  readonly choose: (text: string) => void;
}) {
  if (topics === undefined || topics.topics.length === 0) return null;
  return (
    <fieldset class="chips">
      <legend class="visually-hidden">Topics that there are</legend>
      {topics.topics.map((topic) => (
        <label key={topic} class="chip" title={topics.catalogue?.[topic]?.description ?? ""}>
          <input
            type="checkbox"
            checked={chosen.includes(topic)}
            onChange={({ currentTarget: { checked } }) =>
              choose((checked ? [...chosen, topic] : chosen.filter((one) => one !== topic)).join("\n"))
            }
          />
          {topic}
        </label>
      ))}
    </fieldset>
  );
}
