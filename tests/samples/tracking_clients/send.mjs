// Sends messages of every kind with a tracking client as it is published: node send.mjs segment|rudder URL KEY COUNT
import { setTimeout as rest } from "node:timers/promises";
import { Analytics } from "@segment/analytics-node";
import RudderAnalytics from "@rudderstack/rudder-sdk-node";

const [which, url, key, count] = process.argv.slice(2);
const failures = [];
const client =
  which === "segment"
    ? new Analytics({ writeKey: key, host: url, flushAt: 100, flushInterval: 500, maxRetries: 5 })
    : new RudderAnalytics(key, { dataPlaneUrl: url, flushAt: 100, flushInterval: 500, maxInternalQueueSize: 100000, logLevel: "error" });
if (which === "segment") client.on("error", (problem) => failures.push(String(problem.reason ?? problem)));

let answered = 0;
const done = (problem) => (problem ? failures.push(String(problem)) : (answered += 1));
for (let n = 0; n < Number(count); n += 1) {
  const userId = `élève-${n % 50}`;
  const timestamp = new Date(Date.now() - 1000 * n);
  const calls = [
    () => client.track({ userId, timestamp, event: "Order Completed", properties: { n, total: 12.5, currency: "EUR" } }, done),
    () => client.identify({ userId, timestamp, traits: { n, email: `n${n % 50}@acme.example` } }, done),
    () => client.page({ userId, timestamp, name: "Accueil", properties: { n } }, done),
    () => client.screen({ userId, timestamp, name: "Panier", properties: { n } }, done),
    () => client.group({ userId, timestamp, groupId: `g-${n % 7}`, traits: { n } }, done),
    () => client.alias({ userId, timestamp, previousId: `avant-${n}` }, done),
  ];
  calls[n % calls.length]();
  if (n % 500 === 499) await rest(50); // a program does other things too; the clients' queues are bounded
}
if (which === "segment") await client.closeAndFlush({ timeout: 120000 });
else await new Promise((resolve) => client.flush(resolve));
for (let waited = 0; answered + failures.length < Number(count) && waited < 60000; waited += 50) await rest(50);
console.log(JSON.stringify({ answered, failures: failures.slice(0, 5) }));
process.exit(0);
