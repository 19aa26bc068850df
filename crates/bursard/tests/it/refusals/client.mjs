// Sends a file that is refused, with fetch or with https, and prints the status of the answer.
import { createReadStream, statSync } from "node:fs";
import https from "node:https";

const [by, url, path] = process.argv.slice(2);
const headers = {
  Authorization: "Bearer nonsense",
  "Content-Type": "text/csv",
  "Content-Length": String(statSync(path).size),
};
const body = createReadStream(path);
if (by === "fetch") {
  const answer = await fetch(url, { method: "POST", headers, body, duplex: "half" });
  console.log(answer.status);
} else {
  const request = https.request(url, { method: "POST", headers }, (answer) => {
    console.log(answer.statusCode);
    process.exit(0);
  });
  body.pipe(request);
}
