/**
 * Slack's elements: what blocks are made of.
 * @module
 */
import { anyOption, confirm, image, option, optionGroup, plainOption, plainText } from "./composition.ts";
import {
  boolean,
  type Check,
  either,
  integer,
  isOneOf,
  list,
  object,
  type Properties,
  required,
  string,
  typed,
  url,
} from "./shapes.ts";

const action: Properties = { action_id: string(255) };
const interactive: Properties = { ...action, confirm, focus_on_load: boolean };
const placed: Properties = { ...interactive, placeholder: plainText(150) };
const typedIn: Properties = {
  ...action,
  placeholder: plainText(150),
  focus_on_load: boolean,
  dispatch_action_config: object({
    trigger_actions_on: list(isOneOf("on_enter_pressed", "on_character_entered"), 1, 2),
  }),
};
const several: Properties = { max_selected_items: integer(1, 1000) };
const looks: Properties = { style: isOneOf("primary", "danger"), accessibility_label: string(75) };
const filter = object({
  include: list(isOneOf("im", "mpim", "private", "public"), 1, 4),
  exclude_external_shared_channels: boolean,
  exclude_bot_users: boolean,
});

const choices: Properties = { options: list(plainOption, 1, 100), option_groups: list(optionGroup, 1, 100) };
const searched: Properties = { min_query_length: integer(0, 1000) };
const conversations: Properties = { default_to_current_conversation: boolean, filter };
const answered: Properties = { response_url_enabled: boolean };

const button: Properties = {
  ...action,
  ...looks,
  confirm,
  text: required(plainText(75)),
  url: url(3000),
  value: string(2000),
};

/** A button of its own, as in a card. */
export const buttonOnly: Check = typed({ button });

const workflowButton: Properties = {
  ...action,
  ...looks,
  confirm,
  text: required(plainText(75)),
  workflow: required(
    object({
      trigger: required(
        object({
          url: required(url()),
          customizable_input_parameters: list(
            object({ name: required(string()), value: required(string()) }),
            1,
          ),
        }),
      ),
    }),
  ),
};

const date = string(10, /^\d{4}-\d{2}-\d{2}$/);
const time = string(5, /^(?:[01]\d|2[0-3]):[0-5]\d$/);
const menus: Readonly<Record<string, Properties>> = {
  checkboxes: {
    ...interactive,
    options: required(list(anyOption, 1, 10)),
    initial_options: list(anyOption, 1, 10),
  },
  radio_buttons: { ...interactive, options: required(list(anyOption, 1, 10)), initial_option: anyOption },
  datepicker: { ...placed, initial_date: date },
  timepicker: { ...placed, initial_time: time, timezone: string() },
  static_select: { ...placed, ...choices, initial_option: plainOption },
  external_select: { ...placed, ...searched, initial_option: plainOption },
  users_select: { ...placed, initial_user: string() },
  conversations_select: { ...placed, ...conversations, ...answered, initial_conversation: string() },
  channels_select: { ...placed, ...answered, initial_channel: string() },
  multi_static_select: { ...placed, ...several, ...choices, initial_options: list(plainOption, 1, 100) },
  multi_external_select: { ...placed, ...several, ...searched, initial_options: list(plainOption, 1, 100) },
  multi_users_select: { ...placed, ...several, initial_users: list(string(), 1) },
  multi_conversations_select: {
    ...placed,
    ...several,
    ...conversations,
    initial_conversations: list(string(), 1),
  },
  multi_channels_select: { ...placed, ...several, initial_channels: list(string(), 1) },
};

const overflow: Properties = {
  ...action,
  confirm,
  options: required(list(option(plainText(75), { url: url(3000) }), 1, 5)),
};
const dateTime: Properties = { ...interactive, initial_date_time: integer(1_000_000_000, 9_999_999_999) };
const richTextInput: Properties = { ...typedIn, max_lines: integer(1, 100) };

/** A select takes options or groups of them. */
const choosesFromOneList: Check = (value, path, fault) => {
  const type = (value as { readonly type?: unknown }).type;
  if (type === "static_select" || type === "multi_static_select")
    either("options", "option_groups")(value, path, fault);
};

export const actionsElement: Check = typed(
  {
    ...menus,
    button,
    workflow_button: workflowButton,
    overflow,
    datetimepicker: dateTime,
    rich_text_input: richTextInput,
  },
  choosesFromOneList,
);

export const accessory: Check = (value, path, fault) => {
  const type = (value as { readonly type?: unknown } | null)?.type;
  if (type === "image") image(value, path, fault);
  else
    typed({ ...menus, button, workflow_button: workflowButton, overflow }, choosesFromOneList)(
      value,
      path,
      fault,
    );
};

export const inputElement: Check = typed(
  {
    ...menus,
    datetimepicker: dateTime,
    email_text_input: { ...typedIn, initial_value: string() },
    file_input: { ...action, filetypes: list(string(), 1), max_files: integer(1, 10) },
    number_input: {
      ...typedIn,
      is_decimal_allowed: required(boolean),
      initial_value: string(),
      min_value: string(),
      max_value: string(),
    },
    plain_text_input: {
      ...typedIn,
      initial_value: string(3000),
      multiline: boolean,
      min_length: integer(0, 3000),
      max_length: integer(1, 3000),
    },
    rich_text_input: richTextInput,
    url_text_input: { ...typedIn, initial_value: string() },
  },
  choosesFromOneList,
);

const feedback = object({
  text: required(plainText(75)),
  value: required(string(2000)),
  accessibility_label: string(75),
});

export const contextAction: Check = typed({
  feedback_buttons: { ...action, positive_button: required(feedback), negative_button: required(feedback) },
  icon_button: {
    ...action,
    confirm,
    icon: required(string()),
    text: required(plainText()),
    value: string(2000),
    accessibility_label: string(75),
    visible_to_user_ids: list(string(), 1, 10),
  },
});

export const urlSource: Check = typed({ url: { url: required(url(3000)), text: string() } });
