export interface TopicList {
  readonly topics: readonly string[];
  readonly catalogue: Readonly<
    Record<string, { readonly description: string | null; readonly example?: unknown }>
  > | null;
}

/** Available topics, to be chosen by a click. */
export function TopicPicker({
  topics,
  chosen: selected,
  choose: onChange,
  isOne: isSingle = false,
}: {
  readonly topics: TopicList | undefined;
  readonly chosen: readonly string[];
  readonly choose: (text: string) => void;
  /** Whether there is but one to choose. */
  readonly isOne?: boolean;
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
