package exec

import "context"

type idKey struct{}

// WithRequestID returns a context that carries the id under which a request is
// logged, and which the user is told when something goes wrong.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, idKey{}, id)
}

// RequestID returns the id of the request, "" where it has none.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(idKey{}).(string)
	return id
}
