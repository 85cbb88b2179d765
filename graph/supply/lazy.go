package supply

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// lazy is a value that is computed when it is first asked for. A computation
// that fails, because its question was abandoned, is left to the next who asks.
type lazy[T any] struct {
	mu    sync.Mutex
	done  bool
	value T
}

func (l *lazy[T]) get(compute func() (T, error)) (T, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done {
		return l.value, nil
	}
	value, err := compute()
	if err != nil {
		var none T
		return none, err
	}
	l.value, l.done = value, true
	return value, nil
}

// known tells whether it has been computed.
func (l *lazy[T]) known() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.done
}

// parallelism returns how many workers share n pieces of work.
func parallelism(n int) int { return min(n, runtime.GOMAXPROCS(0)) }

// parallel calls f(worker, i) for each i in 0..n, on no more workers than there
// are processors, until all are done, one fails or ctx ends.
func parallel(ctx context.Context, n int, f func(worker, i int) error) error {
	workers := parallelism(n)
	errs := make([]error, workers)
	var next atomic.Int64
	work := func(worker int) {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			err := ctx.Err()
			if err == nil {
				err = f(worker, i)
			}
			if err != nil {
				errs[worker] = err
				next.Store(int64(n))
				return
			}
		}
	}
	var wg sync.WaitGroup
	for worker := 1; worker < workers; worker++ {
		wg.Go(func() { work(worker) })
	}
	if workers > 0 {
		work(0)
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
