package openapi

import (
	"net/http"

	setupRoutesOf "gonets/hooks/setup"
	"gonets/internal/setup"
)

// signedIn is PocketBase's answer to a sign-in.
type signedIn struct {
	Token  string         `json:"token"`
	Record map[string]any `json:"record"`
}

var setupErrors = Errors{http.StatusGone: {"token.setup_done", "token.setup_expired"}, http.StatusNotFound: {"token.setup_unknown"}}

// setupRoutes are those of the first start.
var setupRoutes = []Route{
	{
		Method: post, Path: prefix + "/setup/check", ID: "checkSetup", Summary: "Whether the token of the setup is valid", For: guests,
		Body: setupRoutesOf.Token{Token: "…"}, Needs: []string{"token"}, Answers: Answers{204: nil}, Errors: setupErrors,
	},
	{
		Method: post, Path: prefix + "/setup/superuser", ID: "makeSuperuser", Summary: "Makes the first superuser, by the token of the setup", For: guests,
		Body: setupRoutesOf.Account{Token: "…", Email: "admin@example.org", Password: "correct horse battery"}, Needs: []string{"token", "email", "password"},
		Answers: Answers{200: signedIn{Token: "…", Record: map[string]any{"id": exampleID}}}, Errors: setupErrors.with(Errors{400: {anyOfPocketBase}}),
	},
	{
		Method: get, Path: prefix + "/setup", ID: "setupState", Summary: "Which steps of the setup are done", For: superusers,
		Answers: Answers{200: setup.State{Steps: []setup.Step{{Name: "superuser", Done: true}}}},
	},
}
