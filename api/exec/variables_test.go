package exec_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/graphql-go/graphql"

	"tiermap/api/exec"
)

// echo is a schema with a field for each type, that answers with what arrived.
func echo(t testing.TB) graphql.Schema {
	t.Helper()
	unit := graphql.NewEnum(graphql.EnumConfig{Name: "Unit", Values: graphql.EnumValueConfigMap{"TONNES": {Value: "t"}, "DOLLARS": {Value: "usd"}}})
	options := graphql.NewInputObject(graphql.InputObjectConfig{Name: "Options", Fields: graphql.InputObjectConfigFieldMap{
		"years": {Type: graphql.NewList(graphql.Int)},
		"must":  {Type: graphql.NewNonNull(graphql.Int)},
		"unit":  {Type: unit, DefaultValue: "t"},
	}})
	fields := graphql.Fields{}
	for name, typ := range map[string]graphql.Input{
		"int": graphql.Int, "float": graphql.Float, "string": graphql.String, "id": graphql.ID, "boolean": graphql.Boolean,
		"unit": unit, "options": options,
		"ints": graphql.NewList(graphql.NewNonNull(graphql.Int)), "ids": graphql.NewList(graphql.ID),
		"needed": graphql.NewNonNull(graphql.Int),
	} {
		fields[name] = &graphql.Field{Type: graphql.String, Args: graphql.FieldConfigArgument{"v": {Type: typ}},
			Resolve: func(p graphql.ResolveParams) (any, error) {
				shown := fmt.Sprintf("%T %v", p.Args["v"], p.Args["v"])
				return strings.ReplaceAll(shown, "<nil>", "nil"), nil // which JSON does not escape
			}}
	}
	return schema(t, fields)
}

// Every type with the JSON that fits it and that which does not.
func TestVariablesAreReadStrictly(t *testing.T) {
	const (
		anInt    = "an Int: a whole number from -2147483648 to 2147483647"
		anID     = "an ID: a text in quotes, or a whole number"
		aFloat   = "a Float: a number"
		aString  = "a String: a text in quotes"
		aBoolean = "a Boolean: true or false"
		aUnit    = "a text in quotes that is one of the values of Unit: DOLLARS, TONNES"
		options  = "a JSON object with the fields of Options"
	)
	wrong := func(place, value, want string) string {
		return fmt.Sprintf("the variable %s is %s, and has to be %s", place, value, want)
	}
	missing := func(place, want string) string {
		return fmt.Sprintf("the variable %s has no value, and has to be %s", place, want)
	}
	tests := []struct {
		field, typ, variables string
		want, refused         string
	}{
		{"int", "Int", `{"v":2023}`, "int 2023", ""},
		{"int", "Int", `{"v":4.0}`, "int 4", ""},
		{"int", "Int", `{"v":2e3}`, "int 2000", ""},
		{"int", "Int", `{"v":-2147483648}`, "int -2147483648", ""},
		{"int", "Int", `{"v":null}`, "nil nil", ""},
		{"int", "Int", `{}`, "nil nil", ""},
		{"int", "Int = 5", `{}`, "int 5", ""},
		{"int", "Int", `{"v":2023.5}`, "", wrong("$v", "2023.5", anInt)},
		{"int", "Int", `{"v":"2023"}`, "", wrong("$v", `"2023"`, anInt)},
		{"int", "Int", `{"v":true}`, "", wrong("$v", "true", anInt)},
		{"int", "Int", `{"v":[1]}`, "", wrong("$v", "[1]", anInt)},
		{"int", "Int", `{"v":2147483648}`, "", wrong("$v", "2147483648", anInt)},
		{"int", "Int", `{"v":1e999}`, "", wrong("$v", "1e999", anInt)},
		{"needed", "Int!", `{}`, "", missing("$v", anInt)},
		{"needed", "Int!", `{"v":null}`, "", missing("$v", anInt)},
		{"float", "Float", `{"v":1}`, "float64 1", ""},
		{"float", "Float", `{"v":0.1}`, "float64 0.1", ""},
		{"float", "Float", `{"v":true}`, "", wrong("$v", "true", aFloat)},
		{"float", "Float", `{"v":"0.1"}`, "", wrong("$v", `"0.1"`, aFloat)},
		{"float", "Float", `{"v":1e999}`, "", wrong("$v", "1e999", aFloat)},
		{"string", "String", `{"v":"7"}`, "string 7", ""},
		{"string", "String", `{"v":7}`, "", wrong("$v", "7", aString)},
		{"string", "String", `{"v":{"a":1}}`, "", wrong("$v", `{"a":1}`, aString)},
		{"string", "String", `{"v":["` + strings.Repeat("é", 100) + `"]}`, "", wrong("$v", `["`+strings.Repeat("é", 39)+" …", aString)},
		{"id", "ID", `{"v":"NLD"}`, "string NLD", ""},
		{"id", "ID", `{"v":1000000}`, "string 1000000", ""},
		{"id", "ID", `{"v":9007199254740993}`, "string 9007199254740993", ""},
		{"id", "ID", `{"v":1.5}`, "", wrong("$v", "1.5", anID)},
		{"id", "ID", `{"v":1e19}`, "", wrong("$v", "1e19", anID)},
		{"id", "ID", `{"v":{"a":1}}`, "", wrong("$v", `{"a":1}`, anID)},
		{"id", "ID", `{"v":false}`, "", wrong("$v", "false", anID)},
		{"boolean", "Boolean", `{"v":false}`, "bool false", ""},
		{"boolean", "Boolean", `{"v":1}`, "", wrong("$v", "1", aBoolean)},
		{"boolean", "Boolean", `{"v":"true"}`, "", wrong("$v", `"true"`, aBoolean)},
		{"unit", "Unit", `{"v":"DOLLARS"}`, "string usd", ""},
		{"unit", "Unit", `{"v":"usd"}`, "", wrong("$v", `"usd"`, aUnit)},
		{"unit", "Unit", `{"v":1}`, "", wrong("$v", "1", aUnit)},
		{"ints", "[Int!]", `{"v":[1,2]}`, "[]interface {} [1 2]", ""},
		{"ints", "[Int!]", `{"v":[]}`, "[]interface {} []", ""},
		{"ints", "[Int!]", `{"v":1}`, "[]interface {} [1]", ""},
		{"ints", "[Int!]", `{"v":[2021,2022.7]}`, "", wrong("$v[1]", "2022.7", anInt)},
		{"ints", "[Int!]", `{"v":[1,null]}`, "", missing("$v[1]", anInt)},
		{"ints", "[Int!]", `{"v":"1"}`, "", wrong("$v", `"1"`, anInt)},
		{"ids", "[ID]", `{"v":["A",null,7]}`, "[]interface {} [A nil 7]", ""},
		{"options", "Options", `{"v":{"must":1,"years":[2020],"unit":"DOLLARS"}}`, "map[string]interface {} map[must:1 unit:usd years:[2020]]", ""},
		{"options", "Options", `{"v":{"must":1,"years":2020}}`, "map[string]interface {} map[must:1 unit:t years:[2020]]", ""},
		{"options", "Options", `{"v":{"must":1,"years":[2020,"x"]}}`, "", wrong("$v.years[1]", `"x"`, anInt)},
		{"options", "Options", `{"v":{}}`, "", missing("$v.must", anInt)},
		{"options", "Options", `{"v":{"must":1,"yeras":[]}}`, "", `the variable $v has a field "yeras", which Options has not`},
		{"options", "Options", `{"v":[{"must":1}]}`, "", wrong("$v", `[{"must":1}]`, options)},
	}
	e := exec.New(echo(t), exec.DefaultOptions())
	for _, tt := range tests {
		t.Run(tt.typ+" "+tt.variables, func(t *testing.T) {
			decoder := json.NewDecoder(strings.NewReader(tt.variables))
			decoder.UseNumber()
			var variables map[string]any
			if err := decoder.Decode(&variables); err != nil {
				t.Fatal(err)
			}
			r := e.Do(context.Background(), exec.Request{Query: fmt.Sprintf("query($v: %s) { %s(v: $v) }", tt.typ, tt.field), Variables: variables})
			if tt.refused == "" {
				want, _ := json.Marshal(map[string]string{tt.field: tt.want})
				if r.Errors != nil || string(r.Data) != string(want) {
					t.Errorf("got  %s\nwant %s", text(t, r), want)
				}
				return
			}
			if r.Data != nil || r.Refused != exec.Invalid || len(r.Errors) != 1 || r.Errors[0].Message != tt.refused ||
				r.Errors[0].Extensions.Code != "BAD_INPUT" || fmt.Sprint(r.Errors[0].Locations) != "[{1 7}]" {
				t.Errorf("got  %s\nwant %s", text(t, r), tt.refused)
			}
		})
	}
}

// Callers in Go give numbers and lists of their own.
func TestVariablesOfGo(t *testing.T) {
	tests := []struct {
		field, typ string
		value      any
		want       string // "" where it is refused
	}{
		{"int", "Int", int64(7), "int 7"},
		{"int", "Int", 7.0, "int 7"},
		{"int", "Int", 7.5, ""},
		{"float", "Float", 7, "float64 7"},
		{"id", "ID", 1e6, "string 1000000"},
		{"id", "ID", 9007199254740993.0, ""}, // which it is not any more
		{"ids", "[ID]", []string{"A", "B"}, "[]interface {} [A B]"},
		{"ints", "[Int!]", []int64{1, 2}, "[]interface {} [1 2]"},
		{"ints", "[Int!]", []int64{1 << 40}, ""},
	}
	e := exec.New(echo(t), exec.DefaultOptions())
	for _, tt := range tests {
		r := e.Do(context.Background(), exec.Request{Query: fmt.Sprintf("query($v: %s) { %s(v: $v) }", tt.typ, tt.field), Variables: map[string]any{"v": tt.value}})
		want, _ := json.Marshal(map[string]string{tt.field: tt.want})
		if tt.want == "" {
			want = nil
		}
		if string(r.Data) != string(want) {
			t.Errorf("%T %v: got %s, want %s", tt.value, tt.value, text(t, r), want)
		}
	}
}

// Each wrong variable is told, and one that no operation declares is no error.
func TestEveryWrongVariableIsTold(t *testing.T) {
	r := exec.New(echo(t), exec.DefaultOptions()).Do(context.Background(), exec.Request{
		Query:     "query($a: Int,\n  $b: Float) { int(v: $a) float(v: $b) }",
		Variables: map[string]any{"a": "x", "b": true, "c": 1},
	})
	if len(r.Errors) != 2 || fmt.Sprint(r.Errors[0].Locations, r.Errors[1].Locations) != "[{1 7}] [{2 3}]" {
		t.Errorf("got %s", text(t, r))
	}
}
