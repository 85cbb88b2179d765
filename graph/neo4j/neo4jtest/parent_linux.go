package neo4jtest

import "syscall"

// endWithParent has the system end a process when the one that started it dies
// without a word.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGTERM}
}
