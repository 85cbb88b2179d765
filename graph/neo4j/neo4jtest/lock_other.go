//go:build !unix

package neo4jtest

import (
	"context"
	"syscall"
)

func lock(context.Context, string) (unlock func(), err error) {
	return nil, errNoServer("this system has no file locks that tests could share one with")
}

func tryLock(string, bool) (unlock func(), err error) { return lock(context.Background(), "") }

func detached() *syscall.SysProcAttr      { return nil }
func endWithParent() *syscall.SysProcAttr { return nil }
