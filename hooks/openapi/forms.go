package openapi

import (
	"gonets/hooks/forms"
	"gonets/internal/proofofwork"
	"gonets/internal/signup"
)

// formRoutes are about the forms by which people sign up.
var formRoutes = []Route{
	{Method: get, Path: "/f/{id}", ID: "formPage", Summary: "The page of a form", For: guests, Both: true, Answers: Answers{200: page}},
	{
		Method: post, Path: "/f/{id}", ID: "signUp", Summary: "Takes a form in, as JSON or from the page; the address gets an e-mail to confirm", For: guests, Both: true,
		Body: sample{
			object{"type": "object", "required": []string{"email"}, "additionalProperties": object{"description": "A field by its name"}, "properties": object{
				"email": object{"type": "string"}, "altcha": object{"type": "string", "description": "The solution of the challenge"},
			}}, object{"email": "anna@example.com", "full_name": "Anna Petrova", "altcha": "eyJhbGdvcml0aG0iOiJTSEEtMjU2I…"},
		},
		Answers: Answers{200: page, 202: forms.Accepted{Status: "confirm"}},
		Errors: Errors{429: {"form.too_many"}, 503: {"form.unavailable"}, 400: {
			"required", "invalid_email", "too_long", "no_line_breaks", "no_html", "invalid_date", "invalid_choice", "invalid_value", "unknown_field", "no_consent", "form.invalid_body", "altcha.proof_required",
		}},
	},
	{Method: get, Path: "/f/{id}/challenge", ID: "formChallenge", Summary: "A challenge of ALTCHA, to be solved before a form is sent", For: guests, Both: true, Answers: Answers{
		200: proofofwork.Challenge{Algorithm: "SHA-256", Challenge: "f1b3…", MaxNumber: proofofwork.MaxNumber, Salt: "9a0c…?expires=…&", Signature: "77d0…"},
	}},
	{Method: get, Path: "/c/{token}", ID: "confirmationPage", Summary: "The page behind the link to confirm; it changes nothing", For: guests, Answers: Answers{200: page}, Errors: Errors{404: nil, 410: nil}},
	{Method: post, Path: "/c/{token}", ID: "confirm", Summary: "Confirms a sign-up (the page's form)", For: guests, Answers: Answers{303: nil}, Errors: Errors{404: nil, 410: nil}},
	{Method: get, Path: prefix + "/forms/{id}/figures", ID: "formFigures", Summary: "How often a form was shown, asked for and confirmed, by UTC day", Answers: Answers{
		200: signup.Figures{Days: []signup.Day{{Day: "2026-03-01", Shown: 120, Requested: 14, Confirmed: 9}}},
	}},
	{
		Method: post, Path: prefix + "/forms/preview", ID: "previewForm", Summary: "The page of a form that is not saved", Body: forms.Draft{Name: "Newsletter"},
		Answers: Answers{200: forms.Preview{HTML: "<!doctype html>…"}}, Errors: Errors{400: append(formCodes, "text.too_long")},
	},
}

// formCodes are those of forms that are refused.
var formCodes = []string{"fields.invalid_fields", "fields.too_many_fields", "fields.duplicate_field", "fields.invalid_field_name", "fields.reserved_field_name", "fields.invalid_field_label", "fields.invalid_field_type", "fields.invalid_choices", "text.text_unreadable"}
