import { briefed, chat, type RecordedCall } from "./recorded-call.js";

const shop = "You help customers of a bookshop. Look things up before you answer.";

function tool(name: string, description: string, ...members: string[]): object {
  const properties = Object.fromEntries(members.map((member) => [member, { type: "string" }]));
  const parameters = { type: "object", properties, required: members };
  return { type: "function", function: { name, description, parameters } };
}

const orderTool = tool("get_order", "An order by its number.", "order");
const trackTool = tool("track_parcel", "Where a parcel is.", "tracking_number");
const stockTool = tool("get_stock", "How many copies there are.", "isbn");
const searchTool = tool("search_catalogue", "Finds books by words.", "query");
const tools = [orderTool, trackTool, stockTool, searchTool];

const order = { id: "call_a20417order00000000001", name: "get_order", arguments: { order: "A-20417" } };

/** Tool calls, one and several at once, and the answers behind their results. */
export const toolCalls: readonly RecordedCall[] = [
  chat(
    "tool",
    "gpt-4o",
    briefed(shop, "Where is my order A-20417?"),
    { calls: [order] },
    { tools: [orderTool, trackTool] },
  ),
  chat(
    "tool",
    "claude-sonnet-4-5",
    briefed(shop, "Do you have anything on the history of lighthouses?"),
    {
      text: "Let me look.",
      calls: [{ name: "search_catalogue", arguments: { query: "lighthouse history" } }],
    },
    { tools },
  ),
  chat(
    "tool",
    "mistral/mistral-small-latest",
    briefed(shop, "Is 978-0-14-118776-1 in stock?"),
    { calls: [{ name: "get_stock", arguments: { isbn: "978-0-14-118776-1" } }] },
    { tools: [stockTool] },
  ),
  chat(
    "parallel-tools",
    "gpt-4o",
    briefed(shop, "Where are my orders A-20417 and A-20433?"),
    {
      calls: [
        { name: "get_order", arguments: { order: "A-20417" } },
        { name: "get_order", arguments: { order: "A-20433" } },
      ],
    },
    { tools: [orderTool, trackTool] },
  ),
  chat(
    "parallel-tools",
    "gpt-4o-mini",
    briefed(shop, "Compare the stock of 978-0-14-118776-1, 978-0-19-953556-9 and 978-0-06-085052-4."),
    {
      calls: ["978-0-14-118776-1", "978-0-19-953556-9", "978-0-06-085052-4"].map((isbn) => ({
        name: "get_stock",
        arguments: { isbn },
      })),
    },
    { tools },
  ),
  chat(
    "parallel-tools",
    "gemini/gemini-2.5-flash",
    briefed(shop, "Find me a book on tides, and tell me where parcel 00340434161094 is."),
    {
      calls: [
        { name: "search_catalogue", arguments: { query: "tides" } },
        { name: "track_parcel", arguments: { tracking_number: "00340434161094" } },
      ],
    },
    { tools },
  ),
  chat(
    "tool",
    "gpt-4o",
    [
      ...briefed(shop, "Where is my order A-20417?"),
      {
        role: "assistant",
        content: null,
        tool_calls: [
          {
            id: order.id,
            type: "function",
            function: { name: order.name, arguments: JSON.stringify(order.arguments) },
          },
        ],
      },
      {
        role: "tool",
        tool_call_id: order.id,
        content: '{"state":"shipped","carrier":"DHL","expected":"2026-11-23"}',
      },
    ],
    "Your order A-20417 is on its way with DHL and should be with you on Monday, 23 November.",
    { tools: [orderTool, trackTool] },
  ),
];
