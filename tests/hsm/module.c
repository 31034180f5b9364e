/* A PKCS#11 module in front of SoftHSM that fails on demand. The folder TEST_HSM holds `fault`, one word that says how, and
 * `logins`, one byte for each C_Login.
 *
 * The function list is an array of pointers behind its version; the indices are those of the standard's order. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long ulong;
typedef ulong (*function)();

enum { GET_SLOT_LIST = 4, GET_TOKEN_INFO = 6, CLOSE_ALL_SESSIONS = 14, LOGIN = 18, CREATE_OBJECT = 20, SIGN = 43,
       GENERATE_KEY_PAIR = 59, FUNCTIONS = 68 };
enum { CKR_DEVICE_REMOVED = 0x32, CKF_USER_PIN_FINAL_TRY = 0x20000, FLAGS_OFFSET = 96, MAX_SLOTS = 16 };
enum { CKA_DECRYPT = 0x105, CKA_UNWRAP = 0x107, CKA_SIGN = 0x108, MAX_ATTRIBUTES = 64 };

struct list {
    unsigned char version[2];
    function functions[FUNCTIONS];
};

struct attribute {
    ulong type;
    void *value;
    ulong length;
};

static struct list *real;
static struct list ours;

static void path(char *buffer, size_t size, const char *name) {
    snprintf(buffer, size, "%s/%s", getenv("TEST_HSM"), name);
}

static int fault_is(const char *word) {
    char name[4096], found[32] = "";
    path(name, sizeof name, "fault");
    FILE *file = fopen(name, "r");
    if (file) {
        fgets(found, sizeof found, file);
        fclose(file);
    }
    return strcmp(found, word) == 0;
}

static ulong login(ulong session, ulong user, unsigned char *pin, ulong length) {
    char name[4096];
    path(name, sizeof name, "logins");
    FILE *file = fopen(name, "a");
    fputc('x', file);
    fclose(file);
    return real->functions[LOGIN](session, user, pin, length);
}

static ulong get_token_info(ulong slot, unsigned char *info) {
    ulong result = real->functions[GET_TOKEN_INFO](slot, info);
    if (result == 0 && fault_is("final try")) *(ulong *)(info + FLAGS_OFFSET) |= CKF_USER_PIN_FINAL_TRY;
    return result;
}

static ulong sign(ulong session, unsigned char *data, ulong length, unsigned char *signature, ulong *signature_length) {
    while (fault_is("hang")) usleep(10 * 1000);
    if (fault_is("removed")) return CKR_DEVICE_REMOVED;
    if (fault_is("lose sessions")) {
        char name[4096];
        ulong slots[MAX_SLOTS], count = MAX_SLOTS;
        path(name, sizeof name, "fault");
        unlink(name);
        real->functions[GET_SLOT_LIST](1, slots, &count);
        for (ulong i = 0; i < count; i++) real->functions[CLOSE_ALL_SESSIONS](slots[i]);
    }
    ulong result = real->functions[SIGN](session, data, length, signature, signature_length);
    if (result == 0 && signature && fault_is("fault")) signature[7] ^= 1;
    return result;
}

/* Sets the attribute to false, which no tool at hand can do. */
static void forbid(struct attribute *attributes, ulong *count, ulong type) {
    static unsigned char no = 0;
    ulong i = 0;
    while (i < *count && attributes[i].type != type) i++;
    if (i == *count) ++*count;
    attributes[i] = (struct attribute){type, &no, sizeof no};
}

static ulong create_object(ulong session, struct attribute *given, ulong count, ulong *object) {
    struct attribute attributes[MAX_ATTRIBUTES];
    memcpy(attributes, given, count * sizeof *given);
    if (fault_is("sign only")) {
        forbid(attributes, &count, CKA_DECRYPT);
        forbid(attributes, &count, CKA_UNWRAP);
    }
    return real->functions[CREATE_OBJECT](session, attributes, count, object);
}

static ulong generate_key_pair(ulong session, void *mechanism, struct attribute *public, ulong public_count,
                               struct attribute *given, ulong count, ulong *public_key, ulong *private_key) {
    struct attribute attributes[MAX_ATTRIBUTES];
    memcpy(attributes, given, count * sizeof *given);
    if (fault_is("never sign")) forbid(attributes, &count, CKA_SIGN);
    return real->functions[GENERATE_KEY_PAIR](session, mechanism, public, public_count, attributes, count, public_key,
                                              private_key);
}

ulong C_GetFunctionList(struct list **list) {
    void *module = dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW);
    function get = module ? (function)dlsym(module, "C_GetFunctionList") : 0;
    if (!get || get(&real) != 0) return 5;
    ours = *real;
    ours.functions[GET_TOKEN_INFO] = (function)get_token_info;
    ours.functions[LOGIN] = (function)login;
    ours.functions[CREATE_OBJECT] = (function)create_object;
    ours.functions[GENERATE_KEY_PAIR] = (function)generate_key_pair;
    ours.functions[SIGN] = (function)sign;
    *list = &ours;
    return 0;
}
