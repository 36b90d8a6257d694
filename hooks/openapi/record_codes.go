package openapi

// anyOfPocketBase stands for the codes of PocketBase's own checks of a field: validation_required, validation_not_unique …
const anyOfPocketBase = "validation_required"

// creationCodes are the codes of new records that are forbidden, by collection.
var creationCodes = map[string][]string{"users": {"registration.registration_closed"}}

// listCodes are the codes of errors of lists of records.
var listCodes = []string{
	"filter.filter_too_long", "filter.filter_pattern_too_long", "filter.filter_too_slow", "expand.expand_too_large",
	"cursor.invalid_cursor",
}

// recordCodes are the codes of records that are refused, of all collections.
var recordCodes = append([]string{
	anyOfPocketBase, "id.cannot_choose_id", "owner.cannot_change", "owner.required", "status.read_only", "status.frozen", "owner.invalid_reference",
	"email.invalid_email", "value.invalid_domain", "value.erased_needs_address", "attributes.not_an_object", "name.no_line_breaks",
	"starts_at.required", "starts_at.invalid_date", "starts_at.starts_at_passed", "ends_at.ends_before_start", "timezone.invalid_timezone",
	"filter.filter_too_long", "filter.filter_unreadable", "filter.filter_unknown_field", "filter.filter_function", "filter.filter_too_complex",
	"filter.filter_pattern_too_long", "filter.filter_too_slow", "attachments.storage_full", "file.picture_too_large", "file.picture_unreadable",
	"avatar.avatar_not_verified", "registration.registration_closed", "expand.expand_too_large", "requests.answers_too_large",
	"return_path.return_path_too_long", "host.invalid_host", "tls.tls_needed", "folder.no_folder", "delete_after_days.invalid_days",
	"password.password_required", "key.invalid_key", "secret.secret_required", "secret.short_secret", "secret.invalid_public_key", "secret.no_secret",
	"topic.invalid_topic", "topic.no_topic", "name.invalid_domain", "name.public_suffix", "name.fixed", "dkim_selector_2.same_selector",
	"dkim_selector.selector_required", "dkim_selector_2.selector_required", "url.too_many_webhooks", "url.invalid_webhook_url", "url.address_not_allowed", "secret.invalid_webhook_secret",
	"webhook_networks.invalid_networks", "colour.invalid_colour", "site.invalid_site", "reason.pause_needs_address", "until.until_required",
	"name.too_many_forms", "success_url.invalid_site",
}, formCodes...)
