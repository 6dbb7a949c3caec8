// The grammar of .snn files (docs/language.md). frontend/parse_lexer.cpp and parse_rules.cpp are the
// only users of what ANTLR makes of it.
//
// NL is not made by the lexer: frontend/layout.cpp decides which line ends separate statements.
// Every decision but a few (two tokens at most) is made on one token of lookahead, so that errors are
// found at the token that is wrong. What the grammar leaves open is checked by parse_tree*.cpp: the
// forms of a chain, a comparison of a comparison, the value of a shape assertion.
grammar Snn;
tokens { NL }

program   : sep? (version (sep | EOF))? (decl (sep decl)* sep?)? EOF ;
sep       : (NL | SEMI)+ ;
version   : SNN NUM ;
decl      : importDecl | cellDecl | surrDecl | fnDecl | lossDecl | networkDecl | trainDecl ;

// One statement alone: used after an error, to find the errors of the other statements.
loneVersion   : version EOF ;
loneDecl      : decl EOF ;
loneMember    : member EOF ;
loneNetStmt   : netStmt EOF ;
loneTrainStmt : trainStmt EOF ;
loneExpr      : sep? expr sep? EOF ;

importDecl: IMPORT STRING (LP name (COMMA name)* COMMA? RP | AS name)? ;
fnDecl    : FN name LP names? RP ASSIGN expr ;
surrDecl  : SURROGATE name formals ASSIGN expr ;
lossDecl  : LOSS name formals ASSIGN expr ;
formals   : LP names? (SEMI defaults)? RP ;
names     : name (COMMA name)* ;
defaults  : defaultValue (COMMA defaultValue)* ;
defaultValue : name ASSIGN expr interval? ;

// ---- cells
cellDecl  : (NEURON | ENCODER) name block ;
block     : LB sep? (member (sep member)* sep?)? RB ;
member    : INPUT port (COMMA port)*                        # inputs
          | OUTPUT name (COMMA name)*                       # outputs
          | (PARAM | LEARN) param (COMMA param)*            # params
          | STATE stateVar (COMMA stateVar)*                # states
          | OPTION optionVar (COMMA optionVar)*             # optionVars
          | LET letVar (COMMA letVar)*                      # lets
          | ON expr COLON assigns                           # event
          | REFRACTORY expr COLON names                     # refractory
          | name (index? (ASSIGN | TILDE) expr | SLASH name ASSIGN expr (SOLVE name)?)  # equation
          ;
port      : name interval? ;
param     : name ASSIGN expr interval? (BY name)? ;
stateVar  : name ASSIGN expr ;
letVar    : name (ASSIGN | TILDE) expr ;
optionVar : name ASSIGN name (BAR name)* ;
interval  : IN LK expr COMMA expr RK ;
assigns   : assign | LB sep? (assign (sep assign)* sep?)? RB ;
assign    : name index? ASSIGN expr ;

// ---- networks
networkDecl: NETWORK name (LP defaults? RP)? netBlock ;
netBlock  : LB sep? (netStmt (sep netStmt)* sep?)? RB ;
netStmt   : INPUT typed (COMMA typed)*                      # netInput
          | OUTPUT path (COMMA path)*                       # netOutput
          | element (ASSIGN expr | (ARROW element)+)?       # edges
          ;
typed     : name index? COLON dataType interval? ;
dataType  : name LK indices RK ;
element   : path recurrent? elementTail* ;
elementTail : AS name | COLON (shape | path recurrent?) ;
recurrent : RECURRENT path ;
shape     : NUM | LK expr (COMMA expr)* RK ;
path      : name suffix* ;
suffix    : DOT anyName | index | LP args? RP ;
index     : LK indices RK ;
indices   : cut (COMMA cut)* ;
cut       : expr (COLON expr?)? | COLON expr? ;
args      : arg (COMMA arg)* COMMA? ;
arg       : (anyName ASSIGN)? value ;
value     : (LEARN | FIXED)? expr (PER (NEURON | name))? (IN name COMMA name)? ;

// ---- training
trainDecl : TRAIN name? OF name LB sep? (trainStmt (sep trainStmt)* sep?)? RB ;
trainStmt : TARGET typed (COMMA typed)*                     # targets
          | FREEZE path (COMMA path)*                       # frozen
          | LOSS ASSIGN expr                                # lossSetting
          | name name? ASSIGN expr (THEN expr)*             # trainSetting
          ;

// ---- expressions
expr      : path (SURROGATE path)?                          # ref
          | NUM                                             # num
          | LP expr (COMMA expr)* COMMA? RP                 # parenOrTuple
          | cond                                            # condExpr
          | MATCH path LB arm (sep? arm)* sep? RB           # choose
          | <assoc=right> expr HAT expr                     # pow
          | MINUS expr                                      # neg
          | expr (STAR | SLASH) expr                        # mul
          | expr (PLUS | MINUS) expr                        # add
          | expr (LT | LE | GT | GE | EQ | NE) expr         # cmp
          | NOT expr                                        # not
          | expr AND expr                                   # and
          | expr OR expr                                    # or
          ;
cond      : IF expr LB expr RB ELSE (LB expr RB | cond) ;
arm       : anyName (BAR anyName)* FATARROW expr ;

name      : ID | BY | FREEZE | OF | ON | PER | REFRACTORY | SNN | SOLVE | TARGET | THEN ;
anyName   : name | AND | AS | ELSE | ENCODER | FIXED | FN | IF | IMPORT | IN | INPUT | LEARN | LET | LOSS | MATCH | NETWORK
          | NEURON | NOT | OPTION | OR | OUTPUT | PARAM | RECURRENT | STATE | SURROGATE | TRAIN ;

AND:'and'; AS:'as'; BY:'by'; ELSE:'else'; ENCODER:'encoder'; FIXED:'fixed'; FN:'fn'; FREEZE:'freeze'; IF:'if';
IMPORT:'import'; IN:'in'; INPUT:'input'; LEARN:'learn'; LET:'let'; LOSS:'loss'; MATCH:'match'; NETWORK:'network';
NEURON:'neuron'; NOT:'not'; OF:'of'; ON:'on'; OPTION:'option'; OR:'or'; OUTPUT:'output'; PARAM:'param'; PER:'per';
RECURRENT:'recurrent'; REFRACTORY:'refractory'; SNN:'snn'; SOLVE:'solve'; STATE:'state'; SURROGATE:'surrogate';
TARGET:'target'; THEN:'then'; TRAIN:'train';
ARROW:'->'; FATARROW:'=>'; LE:'<='; GE:'>='; EQ:'=='; NE:'!='; LT:'<'; GT:'>'; ASSIGN:'='; TILDE:'~'; PLUS:'+'; MINUS:'-';
STAR:'*'; SLASH:'/'; HAT:'^'; BAR:'|'; COMMA:','; COLON:':'; DOT:'.'; SEMI:';'; LP:'('; RP:')'; LK:'['; RK:']'; LB:'{'; RB:'}';
NUM       : [0-9]+ ('.' [0-9]+)? ([eE] [+-]? [0-9]+)? ([\p{L}] [\p{L}\p{M}\p{N}_]*)? ;
ID        : [\p{L}_] [\p{L}\p{M}\p{N}_]* ;
STRING    : '"' ~["\r\n]* '"' ;
DOC       : '///' ~[\r\n]* ;
COMMENT   : '//' ~[\r\n]* ;
EOL       : '\r'? '\n' ;
WS        : [ \t\uFEFF]+ ;
BAD       : . ;
