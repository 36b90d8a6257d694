#!/bin/sh
# Gonets from the command line, with curl. Needs GONETS_URL (https://mail.example.org) and GONETS_TOKEN (gnt_…).
#
#   gonets.sh add-client EMAIL NAME
#   gonets.sh send-mailing SUBJECT TEXT
#   gonets.sh send-email EMAIL SUBJECT TEXT
#   gonets.sh bounces SINCE              such as "2026-12-01 00:00:00"
#   gonets.sh unsubscribe EMAIL
set -eu

# api METHOD PATH [curl's options] prints the answer. An error of Gonets says in English what to do, and ends the script.
api() {
  method=$1 path=$2
  shift 2
  answer=$(curl --silent --show-error --fail-with-body --request "$method" "$GONETS_URL$path" \
    --header "Authorization: Bearer $GONETS_TOKEN" "$@") || {
    printf '%s\n' "$answer" >&2
    exit 1
  }
  printf '%s\n' "$answer"
}

# send_json is api with a body that curl reads from standard input.
send_json() {
  to=$1 path=$2
  shift 2
  api "$to" "$path" --header 'Content-Type: application/json' --data-binary @- "$@"
}

# quote makes a JSON string of a text of one line.
quote() { printf '"%s"' "$(printf %s "$1" | sed 's/["\\]/\\&/g')"; }

# field NAME ANSWER prints a text of the answer.
field() { printf '%s\n' "$2" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

add_client() {
  client=$(printf '{"email": %s, "full_name": %s}' "$(quote "$1")" "$(quote "$2")" | send_json POST /api/collections/clients/records)
  field id "$client"
}

send_mailing() {
  message=$(printf '{"name": %s, "subject": %s, "format": "text", "body": %s}' "$(quote "$1")" "$(quote "$1")" "$(quote "$2")" |
    send_json POST /api/collections/messages/records)
  mailing=$(printf '{"name": %s, "message": "%s", "audience": "everyone"}' "$(quote "$1")" "$(field id "$message")" |
    send_json POST /api/collections/mailings/records)
  id=$(field id "$mailing")
  # With the key, asking again after a lost answer sends nothing twice.
  api POST "/api/gonets/mailings/$id/send" --header "Idempotency-Key: $id" --retry 3 >&2
  status=running
  while [ "$status" = running ]; do
    sleep 1
    mailing=$(api GET "/api/collections/mailings/records/$id")
    status=$(field status "$mailing")
  done
  echo "$status"
}

# send_email sends one email, such as the confirmation of an order, for which nobody has to be a client.
send_email() {
  # The key belongs to this email: the number of the order, for example.
  call=$(printf '{"to": [%s], "subject": %s, "text": %s}' "$(quote "$1")" "$(quote "$2")" "$(quote "$3")" |
    send_json POST /api/gonets/transactional --header "Idempotency-Key: $(date +%s)-$$" --retry 3)
  printf '%s\n' "$call" | sed -n 's/^{"id":"\([^"]*\)".*/\1/p'
}

# bounces asks for what came back. A program that runs all the time listens to webhooks instead.
bounces() {
  api GET /api/collections/bounces/records --get --data-urlencode "filter=created >= '$1'" \
    --data 'sort=created&skipTotal=1&perPage=500&fields=email,kind,code,diagnostic,created'
}

unsubscribe() {
  entry=$(printf '{"value": %s, "reason": "unsubscribed"}' "$(quote "$1")" | send_json POST /api/collections/suppressions/records)
  field id "$entry"
}

case ${1:-} in
  add-client) add_client "$2" "$3" ;;
  send-mailing) send_mailing "$2" "$3" ;;
  send-email) send_email "$2" "$3" "$4" ;;
  bounces) bounces "$2" ;;
  unsubscribe) unsubscribe "$2" ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
