// The few functions of CPython's stable interface that the oracle needs. Python.h itself sets macros that change the system's
// headers, which then no longer fit those that Foundation sees.
#include <stddef.h>

typedef struct _object PyObject;

void Py_InitializeEx(int install_signal_handlers);
const char *Py_GetVersion(void);
void Py_DecRef(PyObject *object);

PyObject *Py_CompileString(const char *source, const char *file, int start);
PyObject *PyImport_ExecCodeModule(const char *name, PyObject *code);
PyObject *PyObject_GetAttrString(PyObject *object, const char *name);
PyObject *PyObject_CallObject(PyObject *function, PyObject *arguments);
void PyErr_Print(void);

PyObject *PyBytes_FromStringAndSize(const char *bytes, ptrdiff_t count);
int PyBytes_AsStringAndSize(PyObject *object, char **bytes, ptrdiff_t *count);
PyObject *PyTuple_New(ptrdiff_t count);
int PyTuple_SetItem(PyObject *tuple, ptrdiff_t index, PyObject *item);

void *PyEval_SaveThread(void);
// PyGILState_STATE is an enumeration of two values.
int PyGILState_Ensure(void);
void PyGILState_Release(int state);
