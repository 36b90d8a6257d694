<?php
// Gonets from PHP 8, without extensions. Needs GONETS_URL (https://mail.example.org) and GONETS_TOKEN (gnt_…).
//
//   php gonets.php add-client EMAIL NAME
//   php gonets.php send-mailing SUBJECT TEXT
//   GONETS_SECRET=whsec_… php -S 127.0.0.1:8000 gonets.php    tells of bounces as they come
//   php gonets.php send-email EMAIL SUBJECT TEXT
//   php gonets.php unsubscribe EMAIL

declare(strict_types=1);

/** Calls a route and returns the answer. An error of Gonets says in English what to do. */
function api(string $method, string $path, ?array $body = null, array $headers = []): array
{
    $context = stream_context_create(['http' => [
        'method' => $method,
        'header' => ['Authorization: Bearer ' . getenv('GONETS_TOKEN'), 'Content-Type: application/json', ...$headers],
        'content' => $body === null ? '' : json_encode($body, JSON_THROW_ON_ERROR),
        'ignore_errors' => true,
        'timeout' => 30,
    ]]);
    $answer = file_get_contents(getenv('GONETS_URL') . $path, false, $context);
    $status = (int) explode(' ', $http_response_header[0] ?? 'HTTP/1.1 0')[1];
    if ($answer === false || $status >= 300) {
        throw new RuntimeException("$method $path: $status $answer");
    }
    return json_decode($answer, true, 512, JSON_THROW_ON_ERROR);
}

function addClient(string $email, string $name): string
{
    return api('POST', '/api/collections/clients/records', ['email' => $email, 'full_name' => $name])['id'];
}

function sendMailing(string $subject, string $text): string
{
    $message = api('POST', '/api/collections/messages/records', ['name' => $subject, 'subject' => $subject, 'format' => 'text', 'body' => $text]);
    $mailing = api('POST', '/api/collections/mailings/records', ['name' => $subject, 'message' => $message['id'], 'audience' => 'everyone']);
    // With the key, asking again after a lost answer sends nothing twice.
    api('POST', "/api/gonets/mailings/{$mailing['id']}/send", null, ["Idempotency-Key: {$mailing['id']}"]);
    while (($now = api('GET', "/api/collections/mailings/records/{$mailing['id']}"))['status'] === 'running') {
        sleep(1);
    }
    return "{$now['status']}: {$now['sent']} of {$now['total']} sent";
}

/** Sends one email, such as the confirmation of an order, for which nobody has to be a client. */
function sendEmail(string $email, string $subject, string $text): string
{
    // The key belongs to this email: the number of the order, for example.
    $key = bin2hex(random_bytes(16));
    return api('POST', '/api/gonets/transactional', ['to' => [$email], 'subject' => $subject, 'text' => $text], ["Idempotency-Key: $key"])['id'];
}

/** Whether a call of a webhook is Gonets' own and new (https://www.standardwebhooks.com). */
function isVerified(string $secret, string $body): bool
{
    [$id, $at] = [$_SERVER['HTTP_WEBHOOK_ID'] ?? '', $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? ''];
    if (!ctype_digit($at) || abs(time() - (int) $at) > 300) {
        return false;
    }
    $key = base64_decode(preg_replace('/^whsec_/', '', $secret));
    $right = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$at.$body", $key, true));
    foreach (explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '') as $one) {
        if (hash_equals($right, $one)) {
            return true;
        }
    }
    return false;
}

/** Answers one call of a webhook. */
function receive(): void
{
    $body = file_get_contents('php://input');
    if (!isVerified((string) getenv('GONETS_SECRET'), $body)) {
        http_response_code(401);
        return;
    }
    http_response_code(204);
    ['type' => $type, 'data' => $data] = json_decode($body, true, 512, JSON_THROW_ON_ERROR);
    if ($type === 'recipient.bounced') {
        file_put_contents('php://stdout', "{$data['email']} {$data['kind']} {$data['diagnostic']}\n");
    }
}

function unsubscribe(string $email): string
{
    return api('POST', '/api/collections/suppressions/records', ['value' => $email, 'reason' => 'unsubscribed'])['id'];
}

if (PHP_SAPI !== 'cli') {
    receive();
    return;
}
$verbs = ['add-client' => addClient(...), 'send-mailing' => sendMailing(...), 'send-email' => sendEmail(...), 'unsubscribe' => unsubscribe(...)];
$verb = $verbs[$argv[1] ?? ''] ?? null;
if ($verb === null || $argc < 3) {
    fwrite(STDERR, "usage: php gonets.php " . implode('|', array_keys($verbs)) . " …\n");
    exit(2);
}
try {
    echo $verb(...array_slice($argv, 2)), "\n";
} catch (RuntimeException $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
