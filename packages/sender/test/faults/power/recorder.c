/*
 * Preloaded into a program, it keeps a diary of what the program does to the files of one folder, and of what it says on
 * its standard output, in the order in which it happens over all threads. An entry is a line and the bytes it announces:
 *
 *   <kind> <offset> <size> <path>\n<bytes>
 *
 * W wrote, T cut or grew to offset, R removed, S synced (of the folder itself: its names), P said (printed).
 * An entry is made during its call, under one lock, so that no other entry can come between the two.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t begun = PTHREAD_ONCE_INIT;
static int diary = -1;
static const char *folder;
static size_t folder_length;

static ssize_t (*next_write)(int, const void *, size_t);
static ssize_t (*next_pwrite)(int, const void *, size_t, off64_t);
static int (*next_ftruncate)(int, off64_t);
static int (*next_unlink)(const char *);
static int (*next_fsync)(int);
static int (*next_fdatasync)(int);

static void begin(void) {
  next_write = dlsym(RTLD_NEXT, "write");
  next_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  next_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
  next_unlink = dlsym(RTLD_NEXT, "unlink");
  next_fsync = dlsym(RTLD_NEXT, "fsync");
  next_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  folder = getenv("HERON_DIARY_OF");
  const char *path = getenv("HERON_DIARY");
  if (folder == NULL || path == NULL) return;
  folder_length = strlen(folder);
  diary = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* Whether a path is the folder, or a file in it. */
static int is_ours(const char *path) {
  return strncmp(path, folder, folder_length) == 0 && (path[folder_length] == '/' || path[folder_length] == 0);
}

/* The path that a descriptor leads to, if it is one of ours. */
static int path_of(int fd, char *path) {
  char link[48];
  if (diary < 0 || fd < 0 || fd == diary) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return is_ours(path);
}

/* By the system call itself: what is written here must not be taken for the program's own. */
static void put(const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t done = syscall(SYS_write, diary, bytes, size);
    if (done <= 0) abort();
    bytes += done;
    size -= (size_t)done;
  }
}

static void enter(char kind, long long offset, const void *bytes, size_t size, const char *path) {
  char line[PATH_MAX + 64];
  int length = snprintf(line, sizeof line, "%c %lld %zu %s\n", kind, offset, size, path);
  put(line, (size_t)length);
  put(bytes, size);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset) {
  char path[PATH_MAX];
  pthread_once(&begun, begin);
  if (!path_of(fd, path)) return next_pwrite(fd, bytes, size, offset);
  pthread_mutex_lock(&order);
  ssize_t done = next_pwrite(fd, bytes, size, offset);
  if (done > 0) enter('W', offset, bytes, (size_t)done, path);
  pthread_mutex_unlock(&order);
  return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) {
  return pwrite64(fd, bytes, size, offset);
}

ssize_t write(int fd, const void *bytes, size_t size) {
  char path[PATH_MAX];
  pthread_once(&begun, begin);
  int is_said = fd == 1 && diary >= 0;
  int is_file = !is_said && path_of(fd, path);
  if (!is_said && !is_file) return next_write(fd, bytes, size);
  pthread_mutex_lock(&order);
  ssize_t done = next_write(fd, bytes, size);
  if (done > 0 && is_said) enter('P', 0, bytes, (size_t)done, "-");
  if (done > 0 && is_file) enter('W', lseek64(fd, 0, SEEK_CUR) - done, bytes, (size_t)done, path);
  pthread_mutex_unlock(&order);
  return done;
}

int ftruncate64(int fd, off64_t size) {
  char path[PATH_MAX];
  pthread_once(&begun, begin);
  if (!path_of(fd, path)) return next_ftruncate(fd, size);
  pthread_mutex_lock(&order);
  int failed = next_ftruncate(fd, size);
  if (!failed) enter('T', size, NULL, 0, path);
  pthread_mutex_unlock(&order);
  return failed;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int unlink(const char *path) {
  pthread_once(&begun, begin);
  if (diary < 0 || !is_ours(path)) return next_unlink(path);
  pthread_mutex_lock(&order);
  int failed = next_unlink(path);
  if (!failed) enter('R', 0, NULL, 0, path);
  pthread_mutex_unlock(&order);
  return failed;
}

static int synced(int fd, int (*next)(int)) {
  char path[PATH_MAX];
  if (!path_of(fd, path)) return next(fd);
  pthread_mutex_lock(&order);
  int failed = next(fd);
  if (!failed) enter('S', 0, NULL, 0, path);
  pthread_mutex_unlock(&order);
  return failed;
}

int fsync(int fd) {
  pthread_once(&begun, begin);
  return synced(fd, next_fsync);
}

int fdatasync(int fd) {
  pthread_once(&begun, begin);
  return synced(fd, next_fdatasync);
}
