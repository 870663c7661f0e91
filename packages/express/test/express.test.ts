import { type AdapterUnderTest, testAdapter } from "@heron-webhooks/conformance";
import { heronWebhook } from "@heron-webhooks/express";
import { listen, toolkit, versions } from "./apps.ts";

for (const [version, express] of versions) {
  const adapter: AdapterUnderTest = {
    ...toolkit,
    async open(options) {
      const middleware = heronWebhook(options);
      const app = express();
      app.use(middleware);
      app.post("/other", express.json(), (request, response) => void response.json(request.body));
      app.get("/", (_request, response) => void response.send("hello"));
      return { ...(await listen(app)), closeReceiver: () => middleware.receiver.close() };
    },
    otherMethods: ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "PROPFIND"],
    closesOnUnreadBody: true,
  };
  testAdapter(version, adapter);
}
