// SPDX-License-Identifier: MIT
// Stands before libserialport (LD_PRELOAD) and shows ports that a test describes: ptys with the USB ids and
// serial numbers of boards that nobody has plugged in. FAKE_SERIAL_PORTS names a file of lines
// "path|description|vendor|product|serial|manufacturer|product name", numbers in hexadecimal; 0 is not USB.
#include <fcntl.h>
#include <libserialport.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { FIELDS = 7, PATH = 0, DESCRIPTION, VENDOR, PRODUCT, SERIAL, MANUFACTURER, PRODUCT_NAME };

struct sp_port {
  int handle;
  char line[512];  // its fields, a zero behind each
  char* field[FIELDS];
};

static struct sp_port* parse(const char* line) {
  struct sp_port* port = calloc(1, sizeof *port);
  snprintf(port->line, sizeof port->line, "%s", line);
  port->line[strcspn(port->line, "\n")] = '\0';
  port->handle = -1;
  char* rest = port->line;
  for (int i = 0; i < FIELDS; i++) {
    char* text = strsep(&rest, "|");
    port->field[i] = text != NULL ? text : (char*)"";
  }
  return port;
}

enum sp_return sp_list_ports(struct sp_port*** list) {
  enum { MOST = 16 };
  struct sp_port** ports = calloc(MOST + 1, sizeof *ports);
  const char* name = getenv("FAKE_SERIAL_PORTS");
  FILE* file = name != NULL ? fopen(name, "r") : NULL;
  char line[512];
  for (int i = 0; file != NULL && i < MOST && fgets(line, sizeof line, file) != NULL; i++)
    ports[i] = parse(line);
  if (file != NULL) fclose(file);
  *list = ports;
  return SP_OK;
}

void sp_free_port(struct sp_port* port) { free(port); }

void sp_free_port_list(struct sp_port** ports) {
  for (struct sp_port** port = ports; *port != NULL; port++) sp_free_port(*port);
  free(ports);
}

enum sp_return sp_get_port_by_name(const char* name, struct sp_port** port) {
  struct sp_port** list = NULL;
  sp_list_ports(&list);
  enum sp_return found = SP_ERR_ARG;
  for (struct sp_port** known = list; *known != NULL; known++) {
    if (found != SP_OK && strcmp((*known)->field[PATH], name) == 0) {
      *port = *known;
      found = SP_OK;
    } else {
      sp_free_port(*known);
    }
  }
  free(list);
  return found;
}

static char* given(const struct sp_port* port, int field) {
  return port->field[field][0] != '\0' ? port->field[field] : NULL;
}

char* sp_get_port_name(const struct sp_port* port) { return port->field[PATH]; }
char* sp_get_port_description(const struct sp_port* port) { return given(port, DESCRIPTION); }
char* sp_get_port_usb_serial(const struct sp_port* port) { return given(port, SERIAL); }
char* sp_get_port_usb_manufacturer(const struct sp_port* port) { return given(port, MANUFACTURER); }
char* sp_get_port_usb_product(const struct sp_port* port) { return given(port, PRODUCT_NAME); }

enum sp_return sp_get_port_usb_vid_pid(const struct sp_port* port, int* vendor, int* product) {
  *vendor = (int)strtol(port->field[VENDOR], NULL, 16);
  *product = (int)strtol(port->field[PRODUCT], NULL, 16);
  return *vendor != 0 ? SP_OK : SP_ERR_ARG;
}

enum sp_return sp_open(struct sp_port* port, enum sp_mode mode) {
  (void)mode;
  port->handle = open(port->field[PATH], O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  struct termios settings;
  if (port->handle < 0 || tcgetattr(port->handle, &settings) != 0) return SP_ERR_FAIL;
  cfmakeraw(&settings);
  return tcsetattr(port->handle, TCSANOW, &settings) == 0 ? SP_OK : SP_ERR_FAIL;
}

enum sp_return sp_close(struct sp_port* port) {
  if (port->handle < 0) return SP_OK;
  ioctl(port->handle, TIOCNXCL);  // the pty stays open elsewhere; a port would forget it with its last user
  close(port->handle);
  port->handle = -1;
  return SP_OK;
}

enum sp_return sp_get_port_handle(const struct sp_port* port, void* handle) {
  *(int*)handle = port->handle;
  return SP_OK;
}

enum sp_return sp_set_baudrate(struct sp_port* port, int rate) { return (void)port, (void)rate, SP_OK; }
enum sp_return sp_set_bits(struct sp_port* port, int bits) { return (void)port, (void)bits, SP_OK; }
enum sp_return sp_set_parity(struct sp_port* port, enum sp_parity parity) {
  return (void)port, (void)parity, SP_OK;
}
enum sp_return sp_set_stopbits(struct sp_port* port, int bits) { return (void)port, (void)bits, SP_OK; }
enum sp_return sp_set_flowcontrol(struct sp_port* port, enum sp_flowcontrol control) {
  return (void)port, (void)control, SP_OK;
}
enum sp_return sp_set_dtr(struct sp_port* port, enum sp_dtr dtr) { return (void)port, (void)dtr, SP_OK; }
enum sp_return sp_set_rts(struct sp_port* port, enum sp_rts rts) { return (void)port, (void)rts, SP_OK; }
enum sp_return sp_drain(struct sp_port* port) { return (void)port, SP_OK; }
