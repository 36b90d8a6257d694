"""Gonets from Python, with the standard library. Needs GONETS_URL (https://mail.example.org) and GONETS_TOKEN (gnt_…).

    python3 gonets.py add-client EMAIL NAME
    python3 gonets.py send-mailing SUBJECT TEXT
    python3 gonets.py send-email EMAIL SUBJECT TEXT
    python3 gonets.py listen PORT            tells of bounces as they come; needs GONETS_SECRET (whsec_…)
    python3 gonets.py unsubscribe EMAIL
"""

import base64
import hashlib
import hmac
import http.server
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid


def api(method, path, body=None, **headers):
    """Calls a route and returns the answer. An error of Gonets says in English what to do."""
    request = urllib.request.Request(
        os.environ["GONETS_URL"] + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": "Bearer " + os.environ["GONETS_TOKEN"],
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()}") from None


def add_client(email, name):
    return api("POST", "/api/collections/clients/records", {"email": email, "full_name": name})["id"]


def send_mailing(subject, text):
    message = api("POST", "/api/collections/messages/records", {"name": subject, "subject": subject, "format": "text", "body": text})
    mailing = api("POST", "/api/collections/mailings/records", {"name": subject, "message": message["id"], "audience": "everyone"})
    # With the key, asking again after a lost answer sends nothing twice.
    api("POST", f"/api/gonets/mailings/{mailing['id']}/send", Idempotency_Key=mailing["id"])
    while True:
        now = api("GET", "/api/collections/mailings/records/" + mailing["id"])
        if now["status"] != "running":
            return f"{now['status']}: {now['sent']} of {now['total']} sent"
        time.sleep(1)


def send_email(email, subject, text):
    """Sends one email, such as the confirmation of an order, for which nobody has to be a client."""
    # The key belongs to this email: the number of the order, for example.
    call = {"to": [email], "subject": subject, "text": text}
    return api("POST", "/api/gonets/transactional", call, Idempotency_Key=str(uuid.uuid4()))["id"]


def verified(secret, headers, body):
    """Whether a call of a webhook is Gonets' own and new (https://www.standardwebhooks.com)."""
    message, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not at.isdigit() or abs(time.time() - int(at)) > 300:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    right = base64.b64encode(hmac.digest(key, f"{message}.{at}.".encode() + body, hashlib.sha256)).decode()
    return any(hmac.compare_digest(one, "v1," + right) for one in headers.get("webhook-signature", "").split())


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 1 << 20))
        if not verified(os.environ["GONETS_SECRET"], self.headers, body):
            self.send_response(401)
            self.end_headers()
            return
        # Answer first: what takes long is done afterwards.
        self.send_response(204)
        self.end_headers()
        event = json.loads(body)
        if event["type"] == "recipient.bounced":
            print(event["data"]["email"], event["data"]["kind"], event["data"]["diagnostic"], flush=True)

    def log_message(self, *_):
        pass


def listen(port):
    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Receiver).serve_forever()


def unsubscribe(email):
    return api("POST", "/api/collections/suppressions/records", {"value": email, "reason": "unsubscribed"})["id"]


verbs = {"add-client": add_client, "send-mailing": send_mailing, "send-email": send_email, "listen": listen, "unsubscribe": unsubscribe}

if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in verbs:
        raise SystemExit(__doc__)
    print(verbs[sys.argv[1]](*sys.argv[2:]))
