package gql

import (
	"github.com/graphql-go/graphql"

	"tiermap/graph/finding"
)

// languageType are the languages that there are names and sentences in.
func languageType() *graphql.Enum {
	return enum("Language", "A language of names and sentences.",
		[2]string{string(finding.English), "English."}, [2]string{string(finding.Dutch), "Dutch."})
}

func findingType() *graphql.Object {
	return object("Finding", "An answer in sentences, made by rule from its figures.", graphql.Fields{
		"headline": prop(must(graphql.String), "Who, how much, of what, which year; beside what trade statistics show.", func(f finding.Finding) any { return f.Headline }),
		"captions": prop(list(graphql.String), "What stands behind the headline, sentence by sentence: amounts, origins, what is not known and why, what is estimated, what the shares are of.",
			func(f finding.Finding) any { return f.Captions }),
	})
}

func (b *builder) findingField(t *graphql.Object) *graphql.Field {
	return answerField(must(t), "The answer in sentences.", graphql.FieldConfigArgument{"language": argDefault(b.nodes.language, "The language.", string(finding.English))},
		func(p graphql.ResolveParams, a asked) (any, error) {
			return a.Finding(p.Context, languageOf(p), a.epsilon)
		})
}

func languageOf(p graphql.ResolveParams) finding.Language {
	l, _ := p.Args["language"].(string)
	return finding.Language(l)
}
