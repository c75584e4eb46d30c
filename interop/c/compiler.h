// What the compiler calls itself, for `parley run --runtimes`: the preprocessor prints the adapter's name and the version.
#define JOIN(name, version) name##version
#define EXPANDED(name, version) JOIN(name, version)
#if defined __clang__
ADAPTER.EXPANDED(clang, __clang_major__)
#else
ADAPTER.EXPANDED(gcc, __GNUC__)
#endif
