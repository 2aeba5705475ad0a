import { briefed, chat, type RecordedCall } from "./recorded-call.js";

const docs = "You answer questions about the Harbor API from its documentation. Be brief and exact.";
const shop = "You help customers of a bookshop with their orders. Be kind and brief.";
const search = "You explain to editors why a search result ranks where it does.";

const rings =
  "Saturn is the planet best known for its rings, which are made of ice and rock. Jupiter, Uranus and Neptune have rings, too, but they are much fainter.";

/** Answers in text: streamed, and in one piece. */
export const textCalls: readonly RecordedCall[] = [
  chat("stream", "gpt-4o", "Which planet has rings?", rings),
  chat("whole", "gpt-4o", "Which planet has rings?", rings),
  chat(
    "stream",
    "gpt-4o",
    briefed(docs, "How do I page through /v2/shipments?"),
    "Pass `limit` (at most 200) and the `cursor` of the answer before. Cursors are valid for an hour. The last page has no `next_cursor`.",
  ),
  chat(
    "stream",
    "gpt-4o",
    briefed(docs, "Why do I get 409 when I create a label twice?"),
    "A label belongs to one parcel, so the second request with the same `parcel_id` is refused with 409 `label_exists`. Send the header `Idempotency-Key` if you want to repeat a request safely: the first answer is then given again for 24 hours. To replace a label, void the first one.",
  ),
  chat(
    "stream",
    "gpt-4o-mini",
    briefed(docs, "Which webhooks fire when a parcel is returned?"),
    "`parcel.return_started` when the carrier scans it for the way back, and `parcel.returned` when it has arrived. Both carry the tracking number and the reason, if the carrier gave one.",
  ),
  chat(
    "stream",
    "gpt-4o-mini",
    briefed(docs, "Is there a sandbox for customs forms?"),
    "Yes. Keys that begin with `test_` validate forms CN22 and CN23 without sending them. Duties are computed with the rates of the first of the month.",
  ),
  chat(
    "stream",
    "gpt-4o-mini",
    briefed(shop, "Can I change the address of an order that I placed an hour ago?"),
    "Yes, until the parcel is packed, which usually takes four hours. Open the order, choose Change address, and save. You will get an e-mail with the new address.",
  ),
  chat(
    "stream",
    "claude-sonnet-4-5",
    briefed(docs, "Explain the difference between a shipment and a consignment."),
    "A shipment is what one customer sends: one address, one set of documents, one price. A consignment is what a carrier moves: it may hold parts of several shipments. You create shipments, and Harbor groups them into consignments at the cut-off time. Prices are always told for shipments, so that a consignment never changes what you pay.",
  ),
  chat(
    "stream",
    "claude-sonnet-4-5",
    "Summarise for the support team: a customer got two parcels, one of them wet, and wants a refund for the wet one only.",
    "The customer received two parcels of one order. One was damaged by water, the other is fine. They ask for a partial refund of the damaged items and want to keep the rest. Please ask for a photo, then refund the items of the second parcel.",
  ),
  chat(
    "stream",
    "claude-sonnet-4-5",
    "Which three questions should we ask a carrier before we sign?",
    "First, who pays when a parcel is lost after the depot has scanned it. Second, how long they keep proofs of delivery, and in which form. Third, what happens to prices when fuel rises within the year. The answers to the second are the ones that differ most.",
  ),
  chat(
    "stream",
    "claude-haiku-4-5",
    briefed(shop, "Do you ship to Iceland, and what does it cost?"),
    "We do. Up to two kilograms cost 14.90 euros and take five to eight working days. Icelandic VAT is collected by the carrier on delivery.",
  ),
  chat(
    "stream",
    "claude-haiku-4-5",
    "Write a subject line for a newsletter about new atlases.",
    "Twelve new atlases, and one of them is of the Moon",
  ),
  chat(
    "stream",
    "gemini/gemini-2.5-flash",
    briefed(search, "Why is 'Tides and Currents' above 'The Sea Around Us' for the query ocean currents?"),
    "Both words of the query stand in its title, which counts three times as much as the description. 'The Sea Around Us' matches in the description alone. It has more sales, but sales only decide between results of equal relevance.",
  ),
  chat(
    "stream",
    "gemini/gemini-2.5-flash",
    briefed(search, "Why does the query 'jaguar' show no cars?"),
    "The shop has no category for cars, so the classifier maps the word to animals. Books about the make are found by 'jaguar cars'.",
  ),
  chat(
    "stream",
    "mistral/mistral-small-latest",
    "Traduis en français : Your order is on its way.",
    "Votre commande est en route.",
  ),
  chat(
    "stream",
    "mistral/mistral-small-latest",
    briefed(search, "Suggest three synonyms for the query 'hiking map'."),
    "Trail map, walking map, trekking map. The first brings the most additional results, 41 in the last week.",
  ),
  chat(
    "stream",
    "deepseek/deepseek-chat",
    "Write an SQL query for the ten most ordered books of the last month.",
    "SELECT b.title, sum(l.quantity) AS copies FROM order_lines l JOIN books b ON b.id = l.book_id WHERE l.ordered_at >= date_trunc('month', now()) - interval '1 month' AND l.ordered_at < date_trunc('month', now()) GROUP BY b.title ORDER BY copies DESC LIMIT 10;",
  ),
  chat(
    "stream",
    "deepseek/deepseek-chat",
    briefed(shop, "My voucher SPRING is refused."),
    "The voucher is for orders of 30 euros or more, and your basket holds 27.40 euros. Add any item of 2.60 euros, and it will be taken.",
  ),
  chat(
    "whole",
    "gpt-4o-mini",
    "Classify as billing, delivery or other: Where is my parcel? It should have come on Tuesday.",
    "delivery",
  ),
  chat(
    "whole",
    "claude-haiku-4-5",
    "Extract the order number, and nothing else: Hello, I wrote about A-20417 last week.",
    "A-20417",
  ),
  chat(
    "whole",
    "gemini/gemini-2.5-flash",
    'Answer with JSON {"language": ...}: Wo bleibt meine Bestellung?',
    '{"language": "de"}',
    { response_format: { type: "json_object" } },
  ),
  chat(
    "whole",
    "mistral/mistral-small-latest",
    "Score the relevance from 0 to 10. Query: harbour history. Result: A History of the Port of Rotterdam.",
    "9",
  ),
];
