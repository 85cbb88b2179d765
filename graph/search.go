package graph

import (
	"context"
	"unicode/utf8"
)

// Searched returns the kinds of node that a search goes through: those of the
// given names, all where there are none. BadInput where it cannot be searched.
func (s *Schema) Searched(text string, names []string, limit int) (kinds []*Kind, err error) {
	if limit < 0 || !utf8.ValidString(text) {
		return nil, Errorf(BadInput, "%q cannot be searched for with limit %d", text, limit)
	}
	wanted := map[*Kind]bool{}
	for _, name := range names {
		k := s.Kind(name)
		if k == nil || !k.IsNode() {
			return nil, unknown("kind of node", name, s.kindNames())
		}
		wanted[k] = true
	}
	for _, k := range s.Kinds() {
		if k.IsNode() && (len(names) == 0 || wanted[k]) {
			kinds = append(kinds, k)
		}
	}
	return kinds, nil
}

// NameHits gives the hits of a search their names: of each the one that the
// highest rank gives that gives one.
func NameHits(ctx context.Context, s Snapshot, kinds []*Kind, hits []Hit) error {
	for _, k := range kinds {
		var ids []string
		for _, h := range hits {
			if h.Kind == k.Name {
				ids = append(ids, h.ID)
			}
		}
		if len(ids) == 0 || k.Field("name") < 0 {
			continue
		}
		names, err := namesOf(ctx, s, k, ids)
		if err != nil {
			return err
		}
		for i := range hits {
			if hits[i].Kind == k.Name {
				hits[i].Name = names[hits[i].ID]
			}
		}
	}
	return nil
}

// namesOf returns the names of nodes by id.
func namesOf(ctx context.Context, s Snapshot, k *Kind, ids []string) (map[string]string, error) {
	names := make(map[string]string, len(ids))
	q := Query{Kind: k.Name, Fields: []string{"id", "name"}, Match: []Match{{Field: "id", Words: ids}}}
	err := s.Read(ctx, q, func(b *Batch) error {
		id, name := b.Columns[k.Field("id")].Text, b.Columns[k.Field("name")].Text
		for i := range b.Len {
			if names[id[i]] == "" {
				names[id[i]] = name[i]
			}
		}
		return nil
	})
	return names, err
}
