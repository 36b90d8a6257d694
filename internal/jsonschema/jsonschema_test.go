package jsonschema_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"gonets/internal/jsonschema"
)

type base struct {
	ID string `json:"id"`
}

// Thing has one of everything.
type Thing struct {
	base
	Name    string         `json:"name" doc:"What it is called"`
	Count   int            `json:"count,omitempty"`
	Words   []string       `json:"words" enum:"a,b"`
	Next    *Thing         `json:"next"`
	Maybe   *int           `json:"maybe"`
	More    map[string]any `json:"more"`
	Hidden  string         `json:"-"`
	private int
}

func TestASchemaIsThatOfTheJSON(t *testing.T) {
	m := jsonschema.New(nil)
	if ref, _ := json.Marshal(m.Of(reflect.TypeFor[Thing](), jsonschema.Got)); string(ref) != `{"$ref":"#/components/schemas/Jsonschema_testThing"}` {
		t.Errorf("it is referred to by %s", ref)
	}
	got, err := json.Marshal(m.Components["Jsonschema_testThing"])
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"properties":{"count":{"type":"integer"},"id":{"type":"string"},"maybe":{"type":["integer","null"]},` +
		`"more":{"additionalProperties":{},"type":"object"},"name":{"description":"What it is called","type":"string"},` +
		`"next":{"anyOf":[{"$ref":"#/components/schemas/Jsonschema_testThing"},{"type":"null"}]},` +
		`"words":{"items":{"enum":["a","b"],"type":"string"},"type":"array"}},` +
		`"required":["id","maybe","more","name","next","words"],"type":"object"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}

	m.Of(reflect.TypeFor[Thing](), jsonschema.Sent)
	if sent := m.Components["Jsonschema_testThingInput"].(jsonschema.Object); sent["required"] != nil {
		t.Errorf("what is sent must have %v", sent["required"])
	}
	_ = Thing{private: 0}
}
