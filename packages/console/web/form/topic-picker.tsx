export interface TopicList {
  readonly topics: readonly string[];
  readonly catalogue: Readonly<
    Record<string, { readonly description: string | null; readonly example?: unknown }>
  > | null;
}

export function TopicPicker({
  topics,
  selected,
  onChange,
  isSingle = false,
}: {
  readonly topics: TopicList | undefined;
  readonly selected: readonly string[];
  readonly onChange: (text: string) => void;
  /** Whether only one topic can be selected. */
  readonly isSingle?: boolean;
}) {
  if (topics === undefined || topics.topics.length === 0) return null;
  return (
    <fieldset class="chips">
      <legend class="visually-hidden">Available topics</legend>
      {topics.topics.map((topic) => (
        <label key={topic} class="chip" title={topics.catalogue?.[topic]?.description ?? ""}>
          <input
            type="checkbox"
            checked={selected.includes(topic)}
            onChange={({ currentTarget: { checked } }) => {
              const otherTopics = isSingle ? [] : selected.filter((selectedTopic) => selectedTopic !== topic);
              onChange((checked ? [...otherTopics, topic] : otherTopics).join("\n"));
            }}
          />
          {topic}
        </label>
      ))}
    </fieldset>
  );
}
