package refusal

// What mail systems say, in lower case; a phrase is in the list of what it means, and its list in the table.

// aboutSender: the address, the domain or the name of who sent it was refused.
var aboutSender = []string{
	"sender address rejected", "sender address invalid", "sender address is", "sender address not", "sender address has", "sender address does", "sender verif", "sender rejected", "sender denied", "sender domain", "sender is ", "invalid sender", "sender unknown", "unknown sender", "domain of sender",
	"sender not", "bad sender", "rejected sender", "blocked sender", "sender was rejected", "from address", "mailfrom domain", "return path", "envelope sender", "sending domain", "sender's domain", "sender refused", "sender email", "sender id",
	"verification failed for", "callback setup failed", "sender callout", "sender verify callout", "could not verify sender", "cannot verify sender", "unverified sender", "unable to verify sender", "badmailfrom", "sender ip", "no reverse dns for sender", "sender have",
	"not allowed to send from", "not permitted to send from", "not authorized to send", "not allowed to send mail from", "unauthorized sender", "sender header", "from: domain", "absenderadresse", "expéditeur refus", "adresse expediteur", "remitente",
}

// blockedClient: the host that sent it was refused, by its address, its name, its reputation or for what it must prove.
var blockedClient = []string{
	"blacklist", "black list", "black-list", "blocklist", "block list", "block-list", "blocked list", "denylist", "blackhole", "dnsbl", "rbl ", " rbl", "rbl:", "spamhaus", "spamcop", "barracudacentral", "sorbs.net", "proofpoint.com", "surbl", "uribl", "senderbase",
	"blocked using", "blocked by", "block by", "blocked for", "blocked due", "blocked because", "is blocked", "been blocked", "was blocked", "is listed", "listed by", "are listed", "currently listed", "been listed", "ip listed", "found on one or more", "in bl", "(bl)", "bl?ip",
	"reverse dns", "rdns", "ptr record", "ptr check", "no ptr", "reverse lookup", "reverse hostname", "reverse address", "reverse-dns", "dns reverse", "hostname in reverse", "missing ptr", "dns ptr", "valid ptr", "in-addr.arpa", "fcrdns",
	"reputation", "banned sending ip", "banned ip", "bad ip", "your ip", "sending ip", "ip address blacklist", "ip address is", "ip address has", "from ip", "ip address:", "by ip", "ip=", "source ip", "ip source", "ip frequency", "connection frequency", "ip for sending", "your host", "your server", "your network", "your isp", "open relay", "dynamic ip", "sent to too many", "this hour", "this day", "dial-up", "dialup", "dynamic address", "residential",
	"client host", "client rejected", "client address", "helo command", "helo name", "helo host", "helo argument", "helo rejected", "helo/ehlo", "ehlo/helo", "bad helo", "invalid helo", "invalid ehlo", "fake helo", "forged helo", "after helo", "after ehlo", "your helo", "ehlo command", "ehlo name", "insecure mail relay", "weren't sent. please contact", "not welcome", "access denied, ", "traffic not accepted", "mail server has been", "untrusted", "suspicious", "unsolicited", "complaint",
	"spf ", "spf:", "spf)", "spf-", "dkim", "dmarc", "unauthenticated", "authentication check", "authentication fail", "authentication required", "authentication is required", "smtp auth", "must authenticate", "starttls", "must issue", "domainkeys", "arc validation",
	"relaying", "relay access", "relay denied", "to relay", "not relay", "relay not", "relay through", "rcpthosts", "no relay", "without authentication",
	"rate limit", "ratelimit", "too many connections", "too many messages", "too many concurrent", "too much mail", "unusual rate", "throttl", "excessive", "volume",
}

// forNow says that this is for now.
var forNow = []string{
	"greylist", "graylist", "grey-list", "try again", "try later", "temporar", "later", "retry", "timed out", "timeout",
}

// unknownDomain: the domain of the address does not exist, or nothing receives email for it.
var unknownDomain = []string{
	"lookup failure: host…not found", "indicated no smtp service", "host unknown", "unknown host", "host not found", "host or domain name not found", "domain name not found", "domain not found", "domain does not exist", "domain doesn't exist", "no such domain", "unknown domain", "domain unknown", "no such host", "non-existent domain", "nonexistent domain", "nxdomain",
	"unrouteable", "unroutable", "can't find any host", "couldn't find any host", "cannot find any host", "couldn't find a mail exchanger", "no mail exchanger", "unable to find mx", "no mx", "mx record", "mx lookup", "all relevant mx records", "invalid mx", "no valid mx", "null mx", "nullmx",
	"domain is not valid", "invalid domain", "domain invalid", "domain must exist", "dns domain…not exist", "domain isn't valid", "domain is invalid", "name or service not known", "could not be resolved", "could not resolve", "cannot resolve", "unable to resolve", "cannot find your recipient's domain", "domain part",
	"not a valid domain", "domain couldn't be found", "domain could not be found", "domain wasn't found", "name server: .: host", "domain '…not exist", "unresolvable", "illegal host/domain", "invalid host", "bad destination host", "bad destination system", "does not receive mail", "doesn't receive mail", "recnotfound", "hostunknown", "domain is not reachable", "ドメイン…存在しません", "домен не",
}

// noMail: the address is closed, or its domain takes no email at all.
var noMail = []string{
	"does not accept mail", "doesn't accept mail", "doesn't accept email", "not accept any mail", "not accept email", "accepts no mail", "mail receiving disabled", "no longer accept", "address no longer", "no longer available", "no longer valid", "no longer in use", "no longer on server", "no longer active", "no longer exist", "no longer work", "no longer a valid", "no longer with", "nobody here",
	"account disabled", "account is disabled", "account has been disabled", "account that you tried to reach is disabled", "mailbox disabled", "mailbox is disabled", "user disabled", "user is disabled", "disabled recipient", "recipient disabled", "address disabled", "address is disabled", "disabled mailbox", "disabled user", "disabled account", "been disabled", "disabled or discontinued", "or domain is disabled",
	"inactive", "not active", "isn't active", "deactivated", "discontinued", "account has been closed", "mailbox has been closed", "address has been closed", "account closed", "mailbox closed", "account expired", "account has expired", "account…terminated", "user…terminated", "mailbox…terminated", "account has been deleted", "user has been deleted", "mailbox has been deleted", "address has been deleted", "account was deleted", "mailbox was deleted", "account deleted", "account has been removed", "user has been removed", "mailbox has been removed", "address has been removed", "cancelled account", "archived recipient", "destinataire archiv", "compte inactif", "retired", "dormant", "is obsolete", "unused for", "falta de uso", "ящик…отключ", "ящик…заблокирован",
}

// suspended: the mailbox is closed, and may be opened again.
var suspended = []string{
	"suspend", "frozen", "temporarily locked", "temporary locked", "account is locked", "account locked", "mailbox locked", "mailbox is locked", "user locked", "temporarily disabled", "temporarily inactive", "temporarily deactivated", "temporarily unavailable", "on hold", "under maintenance",
}

// moved: the address has been replaced.
var moved = []string{"has moved", "have moved", "has moved to", "new address", "has been replaced", "address changed", "address has changed", "changed address", "user not local; please try", "please use the new", "please try <"}

// full: the mailbox, a quota or a disk is full.
var full = []string{
	"mailbox full", "mailbox is full", "mailbox quota", "inbox is full", "inbox full", "full mailbox", "folder is full", "mbox full", "maildir over", "maildir…quota", "over quota", "overquota", "over-quota", "over the quota", "out of quota", "over its quota", "quota exceed", "quota is exceed", "exceeded quota", "exceed quota", "exceeds quota", "quota full", "quota limit", "quota violat", "disk quota", "storage quota", "user quota", "quotaexceeded",
	"exceeded storage", "exceeded its storage", "exceeded the storage", "exceed the storage", "storage limit", "storage allocation", "insufficient system storage", "insufficient storage", "not enough storage", "out of storage", "insufficient disk", "no space left", "disk full", "disk space", "not enough space", "mailbox size", "mailbox exceed", "mailbox has exceeded", "mailbox have exceeded", "mailbox limit", "mailbox for user is full", "account is full", "is full", "box full", "too many messages on", "too many messages in", "casilla…agotado", "too much mail data",
	"exceeded maximum inbox", "exceeds the maximum mailbox", "over the maximum allowed", "over the allowed quota", "over the limit", "would exceed…quota", "would be over", "user is over", "recipient is over", "account is over", "mailbox is over", "exceeded the local limit", "exceed mailbox", "kontingent", "boîte…pleine", "boite…pleine", "quota dépass", "quota depass", "casella piena", "buzón lleno", "lleno", "postfach voll", "postfach ist voll", "ящик переполнен", "переполнен", "квот", "容量", "邮箱已满", "いっぱい", "messagerie…pleine", "saturée",
}

// unknownUser: there is no such mailbox.
var unknownUser = []string{
	"mailbox does not exist", "mailbox doesn't exist", "user does not exist", "user doesn't exist", "user dosn't exist", "address does not exist", "address doesn't exist", "account does not exist", "account doesn't exist", "recipient does not exist", "recipient doesn't exist", "email does not exist", "you tried to reach does not exist", "user not exist", "user…does not exist", "dosn't exist",
	"not a valid user", "not a valid mailbox", "not a valid recipient", "not a valid address", "not a valid email", "isn't a valid mailbox", "no valid mailbox", "recipient address invalid", "invalid rcpt", "not our user", "addressee unknown", "address is not configured", "is not configured to receive", "mailbox by that name", "no user by", "unknown alias", "illegal alias", "unrecognized recipient", "unrecognised recipient", "no matches to nameserver", "final delivery userid", "not listed in domino", "not listed in public name", "not listed in the address", "ディレクトリ…見つかりません", "ディレクトリ…ありません", "not in directory",
	"recipient unavailable", "rcpt to refused: no such", "does not have a mailbox", "doesn't have a mailbox", "not have a yahoo", "user no longer", "user's email name is not found", "email name is not found", "no longer an employee", "person does not", "user (…) unknown", "person at this address",
	"account or domain may not exist", "user unknown", "unknown user", "user is unknown", "unknown or illegal user", "unknown or invalid user", "unknown local", "unknown recipient", "recipient unknown", "recipient is unknown", "unknown mailbox", "mailbox unknown", "unknown address", "address unknown", "unknown account", "account unknown", "unknown email", "unknown e-mail", "unknown virtual", "unknown in virtual", "destination addresses were unknown", "addressee unknown", "unknown addressee", "userunknown",
	"no such user", "no such recipient", "no such mailbox", "no such address", "no such account", "no such person", "no such local", "no such email", "no such name", "no such mail", "no such addressee", "no mailbox", "no mail box", "no one at this address", "no one by", "no person", "no valid recipient", "not have a…account", "doesn't have a…account", "doesn't have an account", "not have an account", "not have an email", "has no mailbox",
	"non-existent", "nonexistent", "non existent", "not existing", "unexistent", "inexistent", "is not exist", "didn't exist",
	"user not found", "user was not found", "user could not be found", "recipient not found", "recipient was not found", "recipnotfound", "recipientnotfound", "recipient notfound", "mailbox not found", "mailbox was not found", "mailbox could not be found", "address not found", "address was not found", "address could not be found", "address couldn't be found", "address wasn't found", "account not found", "account was not found", "wasn't found at", "> not found", "not found by smtp address lookup", "not found recipient account",
	"user not known", "not known at this", "not a known user", "not known here", "isn't known", "is not known", "not a user", "not a local", "not our customer", "not our user", "not a recognized", "isn't recognized", "not in our", "not an active", "not a mailbox", "not handled here", "not recipient", "not email addresses", "mailbox not present", "not in directory", "not in address book", "not in name directory", "in name directory",
	"invalid recipient", "recipient invalid", "recipient is invalid", "recipient is not valid", "invalid user", "user invalid", "invalid mailbox", "mailbox invalid", "mailbox is invalid", "address invalid", "address is invalid", "invalid-recipient", "invalid local", "invalid email", "invalid e-mail", "email invalid", "invalid account", "invalid name", "invalid destination", "illegal user", "illegal alias", "illegal recipient", "bad destination mailbox", "bad recipient", "bad destination", "badrcptto", "badrecipientto", "badrecipient", "validrcptto", "bad mailbox", "wrong email", "wrong address", "address is wrong", "address incorrect", "incorrect address", "check if address is correct",
	"name is not recognized", "user missing home", "can't accept user", "can't create user", "cannot find user", "can't find user", "cannot find recipient", "unable to find recipient", "cannot find mailbox", "recipient is not accepted", "recipient not ok", "recipient undeliverable", "recipients was undeliverable", "resolver.adr", "user name of email address",
	"existiert nicht", "kein benutzer", "kein postfach", "nicht vorhanden", "nicht gefunden", "empfänger unbekannt", "benutzer unbekannt", "adresse unbekannt", "unbekannte adresse", "unbekannter benutzer", "unbekannter empfänger", "ist unbekannt", "utilisateur inconnu", "destinataire inconnu", "adresse inconnue", "empfänger ungültig", "n'existe pas", "n existe pas", "destinataire invalide", "introuvable", "no existe", "usuario desconocido", "destinatario desconocido", "usuário desconhecido", "destinatário desconhecido", "não existe", "nao existe", "inexistente", "no encontrado", "utente sconosciuto", "destinatario sconosciuto", "indirizzo sconosciuto", "inesistente", "nessun utente", "non esiste", "non trovat", "gebruiker onbekend", "onbekende gebruiker", "onbekende ontvanger", "onbekend adres", "bestaat niet", "nieznany użytkownik", "nieznany odbiorca", "nieznany adres", "nie istnieje", "neexistuje", "ukendt", "okänd",
	"не существует", "пользователь…не найден", "получатель…не найден", "адрес…не найден", "ящик…не найден", "user not found", "нет такого", "неизвестный пользователь", "неизвестный получатель", "неизвестный адрес", "недействительный адрес", "адрес недействител", "не зарегистрирован", "не знайден", "не існує", "存在しません", "見つかりません", "存在しない", "不存在", "无此用户", "找不到", "존재하지 않", "없는 사용자",
}

// probablyUser: most likely there is no such mailbox; the words are used for other things too.
var probablyUser = []string{
	"undeliverable address", "not valid", "not recognized", "not recognised", "not hosted", "no account", "no user", "no address", "mailbox unavailable", "mailbox @ unavailable", "user unavailable", "account unavailable", "not local", "ambiguous", "mailbox not available", "mailbox is unavailable", "mailbox unavaiable", "mailbox is not available", "account not available", "account is not available", "could not be found", "does not exist", "doesn't exist", "do not exist", "not exist", "not found in", "not found on", "not in the list", "not a valid", "isn't a valid", "couldn't be found", "not on this", "not present in", "not in my", "isn't in my list", "bad address", "check the recipient", "check the address", "misspelled", "recipient could not be", "not listed in", "invalid address", "no recipient",
}

// maybeUser: the address was refused, and it is not said why.
var maybeUser = []string{"address rejected", "recipient rejected", "rejected recipient", "rejected address", "recipient refused", "envelope recipient", "user mailbox", "unable to deliver message to"}

// policy: what it contains was refused, or the recipient or the system has a rule against it.
var policy = []string{
	"spam", "virus", "malware", "phish", "infected", "trojan", "junk mail", "junk e-mail", "junkmail", "bulk mail", "bulk email", "bulk e-mail", " ube", "content rejected", "content reject", "message content", "content filter", "content policy", "content restriction", "content not", "due to content", "prohibited content", "mail content", "media error", "policy", "policies", "mailpolicy", "prohibited", "not allowed", "not accepted here", "not permitted", "forbidden", "filter", "security polic", "security reason",
	"attachment", "banned", "blocked", "restrict", "denied", "denies", "refused by the recipient", "rejected by the recipient", "rejected by user", "rejected due to", "rejected for", "user rule", "recipient's rule", "preferences", "not authorized", "not authorised", "unauthorized", "notauthorized", "permission", "message rejected", "mail rejected", "email rejected", "e-mail rejected", "mail refused", "message refused", "service refused", "rejected your message", "refused to accept your message",
	"header error", "headers error", "header syntax", "header is", "header field", "missing header", "equal headers", "equal x-headers", "from: field", "date: field", "duplicate", "duplicated", "rfc5322", "rfc 5322", "rfc2822", "rfc 2822", "rfc compliant", "not rfc", "bare lf", "bare newline", "bare cr", "8bit", "8-bit", "syntax error", "malformed header", "malformed message", "malformed mime", "protocol violation", "password", "encrypted", "disclaimer", "spam score", "protected by", "whitelist", "moderat", "challenge", "not a member", "list member", "redundant",
	"mismatch", "does not like recipient", "can't determine purported", "identity", "interdit", "verboten", "abgelehnt", "refusé", "rejete", "refuse.", "rechazado", "rifiutat", "отклонено", "спам", "拒否", "拒绝", "垃圾",
}

// tooLong: the email is too long for the mailbox or the system.
var tooLong = []string{
	"message size", "message too large", "message too big", "message too long", "message is too", "message length", "too large", "too big", "mail size", "maximum size", "size limit", "size exceeds", "exceeds size", "larger than", "msg size", "size violat", "length exceeds", "taille limite", "zu groß", "trop volumineu", "demasiado grande", "слишком больш",
}

// toMailFrom: what was refused is the command that names the sender.
var toMailFrom = []string{"in reply to mail from", "after mail from", "error in mail from", "following mail from", "my name was rejected", "did not like our mail from", "did not like our helo", "did not like our ehlo", "mailfrom command"}

// loops: the email went in a circle.
var loops = []string{"mail loop", "loop detected", "loops back", "routing loop", "too many hops", "hop count", "looping", "message loop"}

// tooFast: the mailbox gets more emails than its system allows at the moment.
var tooFast = []string{"at a rate that", "too quickly", "mailbox busy", "receiving mail too"}

// notSure: the domain may exist, the name servers did not say.
var notSure = []string{"your ip", "your host", "your address", "ptr", "reverse", "client", "sender", "lookup failed", "try again later", "not found, try again", "temporar", "timed out"}

// expired: nobody answered for as long as the email may wait.
var expired = []string{
	"expired", "giving up", "given up", "too long in the queue", "in the queue too long", "retry timeout", "failing for a long time", "retries exhausted", "delivery attempts", "could not be delivered for", "multiple retries", "timed out", "timeout", "connection refused", "connection reset", "connection lost", "lost connection", "connection died", "connection dropped", "connection failed", "unable to connect", "no route to", "could not connect", "cannot connect", "couldn't connect", "not responding", "did not respond", "no response", "not able to establish", "wasn't able to establish", "host not reachable", "host unreachable", "network unreachable", "did not accept our requests to connect", "operation timed",
}

// notNow: a system on the way does not work, or did not answer in time.
var notNow = []string{
	"no answer", "unreachable", "network", "deferred", "delay", "temporar", "try again", "later", "retry", "retries", "busy", "overload", "congest", "insufficient", "resources", "internal", "system error", "local error", "configuration", "directory server", "ldap", "dns", "unavailable", "not available", "quota", "greylist", "command died", "command time", "command output", "pipe", "exit status", "mailer", "cannot open", "can't open", "unable to open", "couldn't create", "queue", "operating system", "protocol error", "out of sequence", "improper sequence", "bad sequence", "could not be completed", "attempts",
}
