// Package openapi describes the HTTP API in OpenAPI 3.1: every route of ours by the types that its handler reads and writes, and the
// records by their collections. A route is one row of the tables in this package; who may use it with a token is said in package
// tokens alone.
package openapi

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/build"
)

// Path is where the description is answered.
const Path = "/api/gonets/openapi.json"

// Bind adds GET /api/gonets/openapi.json, for anybody: nothing in it is secret. The description is made once, at the first
// request.
func Bind(app core.App) {
	made := sync.OnceValues(func() ([]byte, error) { return Document(app) })
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET(Path, func(e *core.RequestEvent) error {
			document, err := made()
			if err != nil {
				return e.InternalServerError("", err)
			}
			return request.RevalidatedJSON(e, document)
		})
		return e.Next()
	})
}

// Routes are all routes of ours.
func Routes() []Route {
	return slices.Concat(instanceRoutes, mailingRoutes, messageRoutes, clientRoutes, userRoutes, transactionalRoutes, webhookRoutes, setupRoutes, operatorRoutes, publicRoutes, formRoutes)
}

// Document makes the description: JSON in which equal parts are always in the same order.
func Document(app core.App) ([]byte, error) {
	s := newSchemas()
	s.Components["Error"] = errorSchema(object{"type": "string"})
	routes := Routes()
	for _, name := range collections {
		c, err := collection(app, name)
		if err != nil {
			return nil, err
		}
		routes = append(routes, s.addCollection(c)...)
	}
	paths := map[string]object{}
	tags := []string{}
	for _, r := range routes {
		mustBeKnown(r)
		path := strings.ReplaceAll(r.Path, "...}", "}")
		if paths[path] == nil {
			paths[path] = object{}
		}
		paths[path][strings.ToLower(r.Method)] = s.operation(r)
		if tag := tagOf(r.Path); !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	raw, err := json.Marshal(object{
		"openapi": "3.1.0",
		"info": object{
			"title": "Gonets", "version": build.Of().Version, "license": object{"name": "MIT", "identifier": "MIT"},
			"description": "The HTTP API of Gonets. Errors have `status`, `message` and `data`, which has a stable `code` for each field that is wrong.",
		},
		"servers": []object{{"url": "/"}},
		"tags":    tagList(tags),
		"paths":   paths,
		"components": object{
			"schemas":   s.Components,
			"responses": s.responseComponents,
			"securitySchemes": object{
				"token":   object{"type": "http", "scheme": "bearer", "bearerFormat": "gnt_…", "description": "A token for programs, made by POST /api/gonets/tokens"},
				"session": object{"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The token of a sign-in with a password"},
			},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("write the description of the API: %w", err)
	}
	return raw, nil
}

func tagList(names []string) (tags []object) {
	for _, name := range names {
		tags = append(tags, object{"name": name, "description": "Routes about " + strings.ReplaceAll(name, "_", " ")})
	}
	return tags
}
