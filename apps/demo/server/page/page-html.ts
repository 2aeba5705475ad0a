/** The page before anything has happened. What it shows is filled in by its script, as text. */
export const pageHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Waybill</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
<script src="/page.js" defer></script>
</head>
<body>
<a class="skip" href="#calls">Skip to the calls</a>
<header>
<h1>Waybill</h1>
<p id="about">every call: what it said, what it cost, where it went</p>
<p id="notice" hidden></p>
<p><span id="connection" role="status">Connecting</span> <button id="pause" type="button" aria-pressed="false">Pause</button></p>
</header>
<main>
<section aria-labelledby="totals-title">
<h2 id="totals-title">All calls</h2>
<dl id="totals"></dl>
<p id="totals-note"></p>
</section>
<section aria-labelledby="delivery-title">
<h2 id="delivery-title">Delivery</h2>
<ul id="delivery"></ul>
</section>
<section aria-labelledby="calls-title">
<h2 id="calls-title">Calls</h2>
<p id="problem" role="alert" hidden></p>
<p id="held" hidden></p>
<p id="empty" hidden>No calls yet. Send one to <code id="address"></code></p>
<ol id="live" aria-label="Calls under way"></ol>
<ol id="calls" aria-label="Calls that have ended" tabindex="-1"></ol>
</section>
</main>
<footer><p>Totals, calls and deliveries as JSON:
<a href="/api/totals">/api/totals</a>, <a href="/api/calls">/api/calls</a>, <a href="/api/delivery">/api/delivery</a>,
<a href="/api/export?format=csv">CSV</a></p></footer>
<noscript><p>This page needs its script. The same is at <a href="/api/calls">/api/calls</a>.</p></noscript>
</body>
</html>
`;
